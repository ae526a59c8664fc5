"""Masked words (BERT): hide some words of a sentence and predict them from the rest.

Devlin, Chang, Lee & Toutanova, "BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding", NAACL 2019, section 3.1. The label is free: it is the word that was hidden.
"""

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import runtime
from course_utils.data.sentences import FIRST_WORD_ID, MASK_ID, PAD_ID

IGNORED = -100  # what cross-entropy leaves out


def mask_tokens(
    tokens: torch.Tensor, n_tokens: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Hide words as BERT does: ``(B, L)`` int64 to corrupted tokens and targets, both ``(B, L)``.

    Each word is selected with probability 0.15, never padding. Of the selected ones 80 % become the
    mask (id 1), 10 % a random word (ids 2 to ``n_tokens`` − 1), 10 % stay as they are: the model
    cannot rely on the mask being there. Targets hold the original word where one was selected and
    −100 elsewhere. Drawn on the generator's device; the results are on that of ``tokens``.
    """
    drawn_on = {"generator": generator, "device": generator.device}
    lot = torch.rand(tokens.shape, **drawn_on).to(tokens.device)
    fate = torch.rand(tokens.shape, **drawn_on).to(tokens.device)
    others = torch.randint(FIRST_WORD_ID, n_tokens, tokens.shape, **drawn_on).to(tokens.device)
    selected = (lot < 0.15) & (tokens >= FIRST_WORD_ID)
    corrupted = tokens.masked_fill(selected & (fate < 0.8), MASK_ID)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), others, corrupted)
    targets = tokens.masked_fill(~selected, IGNORED)
    return corrupted, targets


class SeededDropout(nn.Module):
    """Dropout with a generator of its own: PyTorch's draws from the global one."""

    def __init__(self, p: float, generator: torch.Generator):
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Any shape; in training a share ``p`` becomes 0 and the rest grows by 1 / (1 − p)."""
        if not self.training:
            return x
        lot = torch.rand(x.shape, generator=self.generator, device=self.generator.device)
        return x * (lot.to(x.device) >= self.p) / (1 - self.p)


class MaskedWords(nn.Module):
    """Two Transformer layers that read a whole sentence in both directions: ids to logits."""

    def __init__(self, n_tokens: int, length: int, *, seed: int, width: int = 64, layers: int = 2):
        super().__init__()
        self.word = nn.Embedding(n_tokens, width)
        self.place = nn.Parameter(0.02 * torch.randn(length, width))
        layer = nn.TransformerEncoderLayer(
            width,
            nhead=4,
            dim_feedforward=4 * width,
            dropout=0.0,
            batch_first=True,
            norm_first=True,
        )
        self.layers = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        generator = runtime.generator(seed)
        for one in self.layers.layers:
            one.dropout, one.dropout1, one.dropout2 = (
                SeededDropout(0.2, generator) for _ in range(3)
            )
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, n_tokens)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """int64 ``(B, L)`` to logits ``(B, L, n_tokens)``; padding is not looked at."""
        x = self.word(tokens) + self.place[: tokens.shape[1]]  # (B, L, width)
        x = self.layers(x, src_key_padding_mask=tokens == PAD_ID)
        return self.out(self.norm(x))


def masked_loss(
    model: nn.Module, corrupted: torch.Tensor, targets: torch.Tensor
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Cross-entropy at the selected words only, and the share guessed right there."""
    logits = model(corrupted).float()
    chosen = targets != IGNORED
    loss = F.cross_entropy(logits[chosen], targets[chosen])
    return loss, {"accuracy": (logits[chosen].argmax(1) == targets[chosen]).float().mean()}


def masked_words(n_tokens: int, length: int, *, seed: int) -> MaskedWords:
    """A model with weights drawn from ``seed``; PyTorch's global generator stays where it was."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return MaskedWords(n_tokens, length, seed=seed)


class Unigram:
    """The simplest guess: the most frequent word, whatever stands around it."""

    def __init__(self, sentences: torch.Tensor, n_tokens: int):
        self.counts = torch.bincount(sentences.flatten(), minlength=n_tokens).double()
        self.counts[:FIRST_WORD_ID] = 0

    def __call__(self, tokens: torch.Tensor) -> torch.Tensor:
        """int64 ``(B, L)`` to scores ``(B, L, n_tokens)``."""
        return self.counts.log().expand(*tokens.shape, -1)


class Bigram:
    """A guess from both neighbours: P(word | left) · P(word | right) / P(word), add-one smoothed.

    What a bigram knows about a hole in the middle of a sentence, if left and right neighbour are
    taken as independent given the word. A neighbour that is hidden tells nothing. Sentence ends are
    neighbours too: padding stands for them.
    """

    def __init__(self, sentences: torch.Tensor, n_tokens: int):
        framed = F.pad(sentences, (1, 1), value=PAD_ID)  # (N, L + 2)
        left, right = framed[:, :-1].flatten(), framed[:, 1:].flatten()
        pairs = torch.bincount(left * n_tokens + right, minlength=n_tokens**2) + 1.0
        pairs = pairs.view(n_tokens, n_tokens)  # [left, right]
        # log P(word | left): [left, word]
        self.after = (pairs / pairs.sum(1, keepdim=True)).log()
        # log P(word | right): [right, word]
        self.before = (pairs / pairs.sum(0, keepdim=True)).log().T
        self.word = Unigram(sentences, n_tokens).counts.add(1).log()
        self.after[MASK_ID] = self.before[MASK_ID] = self.word - self.word.logsumexp(0)
        self.word -= self.word.logsumexp(0)

    def __call__(self, tokens: torch.Tensor) -> torch.Tensor:
        """int64 ``(B, L)`` to scores ``(B, L, n_tokens)``; special tokens are never guessed."""
        framed = F.pad(tokens, (1, 1), value=PAD_ID)
        scores = self.after[framed[:, :-2]] + self.before[framed[:, 2:]] - self.word
        scores[..., :FIRST_WORD_ID] = -torch.inf
        return scores


@torch.no_grad()
def masked_accuracy(guess, corrupted: torch.Tensor, targets: torch.Tensor) -> float:
    """Share of the selected words that ``guess(corrupted)``, scores ``(B, L, K)``, puts first."""
    chosen = targets != IGNORED
    return (guess(corrupted)[chosen].argmax(1) == targets[chosen]).float().mean().item()


def one_at_a_time(
    tokens: torch.Tensor, choices: tuple[int, ...]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Hide every word out of ``choices`` (ids) once, alone.

    int64 ``(B, L)`` to corrupted tokens and targets, both ``(M, L)``, −100 where nothing is hidden:
    one row for each of the M words that are among the choices.
    """
    wanted = torch.tensor(choices, device=tokens.device)
    row, column = torch.isin(tokens, wanted).nonzero(as_tuple=True)
    corrupted, targets = tokens[row].clone(), torch.full_like(tokens[row], IGNORED)
    here = torch.arange(len(row), device=tokens.device)
    targets[here, column] = corrupted[here, column]
    corrupted[here, column] = MASK_ID
    return corrupted, targets


def neighbours_only(
    corrupted: torch.Tensor, targets: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """One row for each selected word, in which only it and its two neighbours are seen.

    int64 ``(B, L)`` as ``mask_tokens`` gives them, to corrupted tokens and targets, both
    ``(M, L)``, for the M words that were selected. All other words are masked; padding stays, so
    the word's place and the length of the sentence are known as before.
    """
    row, column = (targets != IGNORED).nonzero(as_tuple=True)
    places = torch.arange(targets.shape[1], device=targets.device)
    far = (places - column[:, None]).abs() > 1  # (M, L)
    seen = corrupted[row].masked_fill(far & (corrupted[row] != PAD_ID), MASK_ID)
    return seen, targets[row].masked_fill(places != column[:, None], IGNORED)


@torch.no_grad()
def role_and_form(
    guess, corrupted: torch.Tensor, targets: torch.Tensor, choices: tuple[int, ...]
) -> tuple[float, float]:
    """How often a guess among ``choices`` has the right role, and how often the right form.

    ``choices`` hold two forms of every role in turn, as Korean particles: 는, 은, 가, 이, …;
    ``corrupted`` and ``targets`` as ``one_at_a_time`` gives them.
    """
    chosen = targets != IGNORED
    ids = torch.tensor(choices, device=targets.device)
    guessed = guess(corrupted)[chosen][:, ids].argmax(1)  # (M,), a place in choices
    truth = (targets[chosen][:, None] == ids).int().argmax(1)
    role = (guessed // 2 == truth // 2).float().mean().item()
    return role, (guessed % 2 == truth % 2).float().mean().item()
