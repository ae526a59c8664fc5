import pytest
import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.data import sentences
from course_utils.pretext import masked_words

N_TOKENS = 40


def random_sentences(n=6000, length=12):
    words = torch.randint(2, N_TOKENS, (n, length), generator=runtime.generator(0))
    words[:, 9:] = sentences.PAD_ID
    return words


def test_masking_is_15_percent_and_80_10_10():
    tokens = random_sentences()
    before = tokens.clone()
    corrupted, targets = masked_words.mask_tokens(tokens, N_TOKENS, runtime.generator(1))
    assert torch.equal(tokens, before)
    selected = targets != masked_words.IGNORED
    words = tokens >= 2
    assert not selected[~words].any()
    assert torch.equal(targets[selected], tokens[selected])
    assert torch.equal(corrupted[~selected], tokens[~selected])
    # Three standard deviations of a share of 54,000, and of 8,100.
    assert selected[words].float().mean().item() == pytest.approx(0.15, abs=0.0046)
    chosen = corrupted[selected]
    assert (chosen == sentences.MASK_ID).float().mean().item() == pytest.approx(0.8, abs=0.0133)
    swapped = chosen[(chosen != sentences.MASK_ID) & (chosen != tokens[selected])]
    # A random word is the old one once in 38.
    assert len(swapped) / len(chosen) == pytest.approx(0.1 * 37 / 38, abs=0.01)
    assert swapped.min() >= 2
    assert set(swapped.tolist()) == set(range(2, N_TOKENS))


def test_same_seed_same_masks():
    tokens = random_sentences(20)
    first, second, other = (
        masked_words.mask_tokens(tokens, N_TOKENS, runtime.generator(s))[0] for s in (1, 1, 2)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_what_is_drawn_on_the_generators_device_moves_to_that_of_the_tokens():
    tokens = random_sentences(4).to(
        "meta"
    )  # a device without numbers: its tensors mix with no other
    for found in masked_words.mask_tokens(tokens, N_TOKENS, runtime.generator(1)):
        assert (found.device.type, found.shape, found.dtype) == ("meta", (4, 12), torch.int64)


def test_loss_is_cross_entropy_at_the_selected_places():
    model = masked_words.masked_words(N_TOKENS, 12, seed=0).eval()  # no dropout
    corrupted, targets = masked_words.mask_tokens(
        random_sentences(8), N_TOKENS, runtime.generator(1)
    )
    loss, metrics = masked_words.masked_loss(model, corrupted, targets)
    logits = model(corrupted)
    losses, hits = [], []
    for i in range(8):
        for j in range(12):
            if targets[i, j] >= 0:
                losses.append(-F.log_softmax(logits[i, j], 0)[targets[i, j]])
                hits.append(float(logits[i, j].argmax() == targets[i, j]))
    torch.testing.assert_close(loss, torch.stack(losses).mean())
    assert metrics["accuracy"].item() == pytest.approx(sum(hits) / len(hits))


def test_padding_is_not_looked_at():
    model = masked_words.masked_words(N_TOKENS, 12, seed=0).eval()
    words = random_sentences(4)
    torch.testing.assert_close(model(words)[:, :9], model(words[:, :9]))


def test_weights_come_from_the_seed_and_the_global_generator_stays():
    before = torch.random.get_rng_state()
    first, second, other = (masked_words.masked_words(N_TOKENS, 12, seed=s) for s in (0, 0, 1))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(first.word.weight, second.word.weight)
    assert not torch.equal(first.word.weight, other.word.weight)


def test_unigram_names_the_most_frequent_word():
    guess = masked_words.Unigram(torch.tensor([[5, 5, 7, 0, 0, 0]]), 10)
    assert guess(torch.tensor([[2, 3]])).argmax(2).tolist() == [[5, 5]]


def test_bigram_against_counting_by_hand():
    told = torch.tensor([[2, 3, 4], [2, 3, 4], [2, 5, 4], [6, 5, 7], [6, 3, 7]])
    guess = masked_words.Bigram(told, 8)
    # Between 2 and 4 stands 3 twice and 5 once; between 6 and 7 each once.
    scores = guess(torch.tensor([[2, sentences.MASK_ID, 4]]))[0, 1].exp()
    pairs = torch.ones(8, 8)
    for row in told.tolist():
        for left, right in zip([0, *row], [*row, 0], strict=True):
            pairs[left, right] += 1
    word = torch.bincount(told.flatten(), minlength=8).float() + 1
    word /= word.sum()
    by_hand = pairs[2] / pairs[2].sum() * pairs[:, 4] / pairs[:, 4].sum() / word
    torch.testing.assert_close(scores[2:].float(), by_hand[2:])
    assert scores[3] > scores[5] > scores[6]
    assert (scores[:2] == 0).all()


def test_bigram_ignores_a_hidden_neighbour():
    guess = masked_words.Bigram(random_sentences(50), N_TOKENS)
    hidden = guess(torch.tensor([[4, 1, 1]]))[0, 1]
    other = guess(torch.tensor([[4, 1, 1, 9]]))[0, 1]
    torch.testing.assert_close(hidden, other)
    assert not torch.equal(hidden, guess(torch.tensor([[5, 1, 1]]))[0, 1])


def test_one_at_a_time_hides_each_choice_alone():
    corrupted, targets = masked_words.one_at_a_time(torch.tensor([[3, 5, 4], [6, 6, 4]]), (4, 5))
    assert corrupted.tolist() == [[3, 1, 4], [3, 5, 1], [6, 6, 1]]
    assert targets.tolist() == [[-100, 5, -100], [-100, -100, 4], [-100, -100, 4]]


def test_neighbours_only_against_a_loop():
    tokens = random_sentences(30)
    corrupted, targets = masked_words.mask_tokens(tokens, N_TOKENS, runtime.generator(1))
    seen, alone = masked_words.neighbours_only(corrupted, targets)
    rows = []
    for i, j in (targets != masked_words.IGNORED).nonzero().tolist():
        row = [
            word if abs(k - j) <= 1 or word == sentences.PAD_ID else sentences.MASK_ID
            for k, word in enumerate(corrupted[i].tolist())
        ]
        wanted = [targets[i, j].item() if k == j else -100 for k in range(12)]
        rows.append((row, wanted))
    assert len(rows) > 20
    assert (seen.tolist(), alone.tolist()) == tuple(map(list, zip(*rows, strict=True)))


def test_what_a_neighbours_only_guess_cannot_see_changes_nothing():
    """A word two places away is another one: the rows are equal, and so is every guess."""
    tokens = torch.tensor([[7, 8, 9, 10, 11]])
    other = torch.tensor([[7, 8, 9, 10, 30]])
    targets = torch.tensor([[-100, -100, 9, -100, -100]])
    first, second = (masked_words.neighbours_only(x, targets)[0] for x in (tokens, other))
    assert first.tolist() == second.tolist() == [[1, 8, 9, 10, 1]]


def test_role_and_form_by_hand():
    """Choices 는 은 가 이 as 2 3 4 5: a guess of 은 for 는 has the right role and the wrong form."""
    guesses = torch.tensor([3, 4, 2, 5])
    corrupted = torch.ones(4, 1, dtype=torch.int64)
    targets = torch.tensor([[2], [2], [2], [5]])
    scores = F.one_hot(guesses, 8).float()[:, None]
    role, form = masked_words.role_and_form(lambda _: scores, corrupted, targets, (2, 3, 4, 5))
    assert (role, form) == (0.75, 0.75)


def test_dropout_draws_from_its_own_generator():
    x = torch.ones(400, 50)
    state = torch.get_rng_state()
    drop, again, other = (
        masked_words.SeededDropout(0.2, runtime.generator(seed)) for seed in (0, 0, 1)
    )
    y = drop(x)
    assert torch.equal(y, again(x)) and not torch.equal(y, other(x))
    assert not torch.equal(y, drop(x))  # the next draw is another one
    assert sorted(y.unique().tolist()) == [0, 1.25]
    assert (y == 0).float().mean().item() == pytest.approx(0.2, abs=4 * (0.16 / 20_000) ** 0.5)
    assert torch.equal(drop.eval()(x), x)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_training_step_takes_nothing_from_the_global_generator():
    model = masked_words.masked_words(20, 6, seed=0).train()
    tokens = torch.randint(2, 20, (4, 6), generator=runtime.generator(0))
    state = torch.get_rng_state()
    first, second = model(tokens), model(tokens)
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(first, second)
