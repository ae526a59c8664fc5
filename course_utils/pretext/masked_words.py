"""Masked words (BERT): hide some words of a sentence and predict them from the rest.

Devlin, Chang, Lee & Toutanova, "BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding", NAACL 2019, section 3.1. The label is free: it is the word that was hidden.
"""

from collections import Counter
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

PAD, MASK = 0, 1  # ids below SPECIALS are no words
SPECIALS = 2
IGNORED = -100  # what cross-entropy leaves out


def mask_tokens(
    tokens: torch.Tensor, n_tokens: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Hide words as BERT does: ``(B, L)`` int64 to corrupted tokens and targets, both ``(B, L)``.

    Each word is selected with probability 0.15, never padding. Of the selected ones 80 % become the
    mask (id 1), 10 % a random word (ids 2 to ``n_tokens`` − 1), 10 % stay as they are: the model
    cannot rely on the mask being there. Targets hold the original word where one was selected and
    −100 elsewhere.
    """
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= SPECIALS)
    fate = torch.rand(tokens.shape, generator=generator)
    others = torch.randint(SPECIALS, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.masked_fill(selected & (fate < 0.8), MASK)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), others, corrupted)
    targets = tokens.masked_fill(~selected, IGNORED)
    return corrupted, targets


class MaskedWords(nn.Module):
    """Two Transformer layers that read a whole sentence in both directions: ids to logits."""

    def __init__(self, n_tokens: int, length: int, *, width: int = 64, layers: int = 2):
        super().__init__()
        self.word = nn.Embedding(n_tokens, width)
        self.place = nn.Parameter(0.02 * torch.randn(length, width))
        layer = nn.TransformerEncoderLayer(
            width,
            nhead=4,
            dim_feedforward=4 * width,
            dropout=0.2,
            batch_first=True,
            norm_first=True,
        )
        self.layers = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, n_tokens)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """int64 ``(B, L)`` to logits ``(B, L, n_tokens)``; padding is not looked at."""
        x = self.word(tokens) + self.place[: tokens.shape[1]]  # (B, L, width)
        x = self.layers(x, src_key_padding_mask=tokens == PAD)
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
        return MaskedWords(n_tokens, length)


class Unigram:
    """The simplest guess: the most frequent word, whatever stands around it."""

    def __init__(self, sentences: torch.Tensor, n_tokens: int):
        self.counts = torch.bincount(sentences.flatten(), minlength=n_tokens).double()
        self.counts[:SPECIALS] = 0

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
        framed = F.pad(sentences, (1, 1))  # (N, L + 2), 0 at both ends
        left, right = framed[:, :-1].flatten(), framed[:, 1:].flatten()
        pairs = torch.bincount(left * n_tokens + right, minlength=n_tokens**2) + 1.0
        pairs = pairs.view(n_tokens, n_tokens)  # [left, right]
        self.after = (pairs / pairs.sum(1, keepdim=True)).log()  # log P(word | left): [left, word]
        self.before = (
            (pairs / pairs.sum(0, keepdim=True)).log().T
        )  # log P(word | right): [right, word]
        self.word = Unigram(sentences, n_tokens).counts.add(1).log()
        self.after[MASK] = self.before[MASK] = self.word - self.word.logsumexp(0)
        self.word -= self.word.logsumexp(0)

    def __call__(self, tokens: torch.Tensor) -> torch.Tensor:
        """int64 ``(B, L)`` to scores ``(B, L, n_tokens)``; special tokens are never guessed."""
        framed = F.pad(tokens, (1, 1))
        scores = self.after[framed[:, :-2]] + self.before[framed[:, 2:]] - self.word
        scores[..., :SPECIALS] = -torch.inf
        return scores


@torch.no_grad()
def share_right(guess, corrupted: torch.Tensor, targets: torch.Tensor) -> float:
    """Share of the selected words that ``guess(corrupted)``, scores ``(B, L, K)``, puts first."""
    chosen = targets != IGNORED
    return (guess(corrupted)[chosen].argmax(1) == targets[chosen]).float().mean().item()


def one_at_a_time(
    tokens: torch.Tensor, choices: tuple[int, ...]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Hide every word out of ``choices`` once, alone: ``(B, L)`` to corrupted and targets ``(M, L)``."""
    row, column = torch.isin(tokens, torch.tensor(choices)).nonzero(as_tuple=True)
    corrupted, targets = tokens[row].clone(), torch.full_like(tokens[row], IGNORED)
    here = torch.arange(len(row))
    targets[here, column] = corrupted[here, column]
    corrupted[here, column] = MASK
    return corrupted, targets


@torch.no_grad()
def role_and_form(
    guess, corrupted: torch.Tensor, targets: torch.Tensor, choices: tuple[int, ...]
) -> tuple[float, float]:
    """How often a guess among ``choices`` has the right role, and how often the right form.

    ``choices`` hold two forms of every role in turn, as Korean particles: 는, 은, 가, 이, …; ``corrupted``
    and ``targets`` as ``one_at_a_time`` gives them.
    """
    chosen = targets != IGNORED
    ids = torch.tensor(choices)
    guessed = guess(corrupted)[chosen][:, ids].argmax(1)  # (M,), a place in choices
    truth = (targets[chosen][:, None] == ids).int().argmax(1)
    role = (guessed // 2 == truth // 2).float().mean().item()
    return role, (guessed % 2 == truth % 2).float().mean().item()


# ---------------------------------------------------------------- next-sentence prediction

Sentence = Sequence[str]


def segment_pairs(
    documents: Sequence[Sequence[Sentence]],
    generator: torch.Generator,
    *,
    same_document: bool = False,
) -> tuple[list[tuple[Sentence, Sentence]], torch.Tensor]:
    """BERT's second task: pairs of sentences, and whether the second one follows, int64 ``(N,)``.

    For every sentence but the last of its document: half the time the true next one (label 1), else
    a random one (label 0) from another document, as BERT does (section 3.1, Task 2), or, with
    ``same_document``, another one from this document. Needs two documents of three sentences.
    """
    pairs, labels = [], []

    def draw(n, but):
        k = int(torch.randint(n - len(but), (1,), generator=generator))
        return [i for i in range(n) if i not in but][k]

    for d, document in enumerate(documents):
        for i, first in enumerate(document[:-1]):
            label = int(torch.randint(2, (1,), generator=generator))
            if label:
                second = document[i + 1]
            elif same_document:
                second = document[draw(len(document), {i, i + 1})]
            else:
                other = documents[draw(len(documents), {d})]
                second = other[draw(len(other), set())]
            pairs.append((first, second))
            labels.append(label)
    return pairs, torch.tensor(labels)


class BagOfWords:
    """Do two sentences share a topic? Looks at which words they hold, at no order and no grammar.

    A pair of words scores how much more often than by chance both occur in one document (pointwise
    mutual information, add-one smoothed); a pair of sentences scores the mean over its pairs of words.
    """

    def __init__(self, documents: Sequence[Sequence[Sentence]]):
        held = [{word for sentence in document for word in sentence} for document in documents]
        self.n = len(documents)
        self.single = Counter(word for words in held for word in words)
        self.double = Counter((a, b) for words in held for a in words for b in words)

    def __call__(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> torch.Tensor:
        """Scores ``(N,)``; a higher one says that the second sentence fits the first better."""
        return torch.tensor([self._score(first, second) for first, second in pairs])

    def _score(self, first: Sentence, second: Sentence) -> float:
        lift = [
            (self.double[a, b] + 1) * self.n / ((self.single[a] + 1) * (self.single[b] + 1))
            for a in first
            for b in second
        ]
        return torch.tensor(lift).log().mean().item()


def best_threshold(scores: torch.Tensor, labels: torch.Tensor) -> float:
    """The score above which answering 1 is right most often: ``(N,)`` and ``(N,)`` of 0 and 1."""
    right = [((scores >= s).long() == labels).float().mean() for s in scores]
    return scores[int(torch.stack(right).argmax())].item()
