# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ANSWERS = []


def add(exercise, verdict, mistake=""):
    def keep(function):
        ANSWERS.append((exercise, verdict, mistake, function))
        return function

    return keep


# ---------------------------------------------------------------- read_off
E = "why_ssl.read_off"


@add(
    E,
    "wrong",
    "The features are never scaled, so large uninformative ones drown small informative ones; a tutor should say: "
    "standardize every feature with the mean and deviation of the labeled features first.",
)
def read_off_w1(features, labels, queries):
    model = LogisticRegression(max_iter=1000)
    model.fit(features.numpy(), labels.numpy())
    return torch.from_numpy(model.predict(queries.numpy()))


@add(
    E,
    "wrong",
    "The queries are standardized with their own mean and deviation, so the answer for a query depends on the other queries "
    "(few or one-sided queries go wrong); a tutor should say: use the statistics of the labeled features for both.",
)
def read_off_w2(features, labels, queries):
    train = StandardScaler().fit_transform(features.numpy())
    new = StandardScaler().fit_transform(queries.numpy())
    model = LogisticRegression(max_iter=1000).fit(train, labels.numpy())
    return torch.from_numpy(model.predict(new))


@add(
    E,
    "wrong",
    "The classifier is trained on standardized features but gets the raw queries; a tutor should say: "
    "the queries have to go through the same scaling as the features.",
)
def read_off_w3(features, labels, queries):
    mean, std = features.mean(0), features.std(0).clamp(min=1e-6)
    scaled = (features - mean) / std
    model = LogisticRegression(max_iter=1000).fit(scaled.numpy(), labels.numpy())
    return torch.from_numpy(model.predict(queries.numpy()))


@add(
    E,
    "wrong",
    "Returns the class probabilities (Q, K) and not one class number per query; a tutor should say: "
    "take the class with the largest probability, the shape should be (Q,).",
)
def read_off_w4(features, labels, queries):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(features.numpy(), labels.numpy())
    return torch.from_numpy(model.predict_proba(queries.numpy()))


@add(E, "right")
def read_off_r1(features, labels, queries):
    # own objective, L-BFGS in double precision, class numbers need not be 0 ... K - 1
    names, index = torch.unique(labels, return_inverse=True)
    x, q = features.detach().double(), queries.detach().double()
    center = x.mean(0)
    spread = (x - center).pow(2).mean(0).sqrt()
    spread = torch.where(spread > 1e-12, spread, torch.ones_like(spread))
    x, q = (x - center) / spread, (q - center) / spread
    with torch.enable_grad():
        w = torch.zeros(len(names), x.shape[1], dtype=torch.float64, requires_grad=True)
        b = torch.zeros(len(names), dtype=torch.float64, requires_grad=True)
        lam = 1 / len(x)
        optimizer = torch.optim.LBFGS([w, b], max_iter=200, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            scores = torch.einsum("nd,kd->nk", x, w) + b
            loss = (
                scores.logsumexp(1) - scores.gather(1, index[:, None])[:, 0]
            ).mean() + lam / 2 * (w**2).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
    best = (torch.einsum("nd,kd->nk", q, w.detach()) + b.detach()).max(1).indices
    return names[best]


@add(E, "right")
def read_off_r2(features, labels, queries):
    # all in NumPy / scikit-learn; the answer is a NumPy array
    pipe = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000))
    pipe.fit(np.asarray(features, dtype=np.float64), np.asarray(labels))
    return pipe.predict(np.asarray(queries, dtype=np.float64))


# ---------------------------------------------------------------- mask_tokens
E = "why_ssl.mask_tokens"


@add(
    E,
    "wrong",
    "After 80% are masked, only 10% of the remaining 20% get a random word, so it is 80/2/18; a tutor should say: "
    "10% of all selected is half of what is left after masking.",
)
def mask_w1(tokens, n_tokens, generator):
    draw = lambda: torch.rand(tokens.shape, generator=generator)
    selected = (draw() < 0.15) & (tokens >= 2)
    targets = tokens.masked_fill(~selected, -100)
    masked = selected & (draw() < 0.8)
    randomized = selected & ~masked & (draw() < 0.1)
    corrupted = tokens.clone()
    corrupted[masked] = 1
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted[randomized] = words[randomized]
    return corrupted, targets


@add(
    E,
    "wrong",
    "The target is given only where the word was changed, so the selected words that stay as they are have target -100; "
    "a tutor should say: the loss is taken at all selected places, the 10% that stay included.",
)
def mask_w2(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), words, corrupted)
    targets = torch.where(corrupted != tokens, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


@add(
    E,
    "wrong",
    "randint(2, n_tokens - 1) leaves out its upper end, so the last word n_tokens - 1 is never drawn as a random word; "
    "a tutor should say: the upper end of torch.randint is exclusive, so use n_tokens.",
)
def mask_w3(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens - 1, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (fate < 0.8)] = 1
    swap = selected & (fate >= 0.8) & (fate < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.where(selected, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


@add(
    E,
    "wrong",
    "Only padding is kept from being selected, mask tokens (1) already in the sentence can be selected; "
    "a tutor should say: neither 0 nor 1 may be selected.",
)
def mask_w4(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens != 0)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (fate < 0.8)] = 1
    swap = selected & (fate >= 0.8) & (fate < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.where(selected, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


@add(E, "right")
def mask_r1(tokens, n_tokens, generator):
    # one uniform number decides everything: 12% mask, 1.5% other word, 1.5% stays
    dice = torch.rand(tokens.shape, generator=generator, dtype=torch.float64).tolist()
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator).tolist()
    new, goal = [], []
    for row, row_dice, row_words in zip(tokens.tolist(), dice, words):
        new_row, goal_row = [], []
        for token, u, word in zip(row, row_dice, row_words):
            if token < 2 or u >= 0.15:
                new_row.append(token)
                goal_row.append(-100)
                continue
            goal_row.append(token)
            new_row.append(1 if u < 0.12 else word if u < 0.135 else token)
        new.append(new_row)
        goal.append(goal_row)
    return torch.tensor(new, dtype=torch.int64), torch.tensor(goal, dtype=torch.int64)


@add(E, "right")
def mask_r2(tokens, n_tokens, generator):
    # NumPy, seeded from the generator; every word is selected on its own, flat index lists
    seed = int(torch.randint(0, 2**31 - 1, (1,), generator=generator))
    rng = np.random.default_rng(seed)
    flat = tokens.numpy().reshape(-1).copy()
    goal = np.full_like(flat, -100)
    places = np.flatnonzero(flat >= 2)
    places = places[rng.random(len(places)) < 0.15]
    goal[places] = flat[places]
    kind = rng.choice(3, size=len(places), p=[0.8, 0.1, 0.1])
    flat[places[kind == 0]] = 1
    flat[places[kind == 1]] = rng.integers(2, n_tokens, size=int((kind == 1).sum()))
    return torch.from_numpy(flat).view(tokens.shape), torch.from_numpy(goal).view(tokens.shape)


# ---------------------------------------------------------------- hide_quadrant
E = "why_ssl.hide_quadrant"


@add(
    E,
    "wrong",
    "The quadrant is blackened in the photographs that were passed in, because nothing is copied; a tutor should say: "
    "clone the images first, otherwise the data set itself is damaged.",
)
def hide_w1(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images
    for i, q in enumerate(labels.tolist()):
        top, left = (q // 2) * half, (q % 2) * half
        hidden[i, :, top : top + half, left : left + half] = 0
    return hidden, labels


@add(
    E,
    "wrong",
    "Row and column are mixed up (row = label % 2, column = label // 2), so labels 1 and 2 are exchanged; a tutor should say: "
    "1 is top right and 2 is bottom left, the row is label // 2.",
)
def hide_w2(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    for i, q in enumerate(labels.tolist()):
        y, x = q % 2, q // 2
        hidden[i, :, y * half : (y + 1) * half, x * half : (x + 1) * half] = 0
    return hidden, labels


@add(
    E,
    "wrong",
    "Multiplies with a float mask, so uint8 photographs come back as float32; a tutor should say: "
    "the copies must keep the dtype of the images, cast the mask or set the pixels to 0.",
)
def hide_w3(images, generator):
    B, C, S, _ = images.shape
    half = S // 2
    labels = torch.randint(0, 4, (B,), generator=generator)
    mask = torch.ones(B, 1, S, S)
    for i in range(B):
        q = int(labels[i])
        r, c = q // 2, q % 2
        mask[i, :, r * half : (r + 1) * half, c * half : (c + 1) * half] = 0
    return images * mask, labels


@add(
    E,
    "wrong",
    "hidden[labels == q][...] = 0 writes into a temporary copy, so nothing is blackened; a tutor should say: "
    "indexing with a boolean mask copies, so index everything in one pair of brackets.",
)
def hide_w4(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    hidden[labels == 0][:, :, :half, :half] = 0
    hidden[labels == 1][:, :, :half, half:] = 0
    hidden[labels == 2][:, :, half:, :half] = 0
    hidden[labels == 3][:, :, half:, half:] = 0
    return hidden, labels


@add(E, "right")
def hide_r1(images, generator):
    # one-hot label -> 2 x 2 picture -> enlarged mask
    size = images.shape[-1]
    labels = torch.rand(len(images), 4, generator=generator).argmax(1)
    small = F.one_hot(labels, 4).view(-1, 1, 2, 2).bool()
    large = small.repeat_interleave(size // 2, 2).repeat_interleave(size // 2, 3)
    return images.masked_fill(large, 0), labels


@add(E, "right")
def hide_r2(images, generator):
    # NumPy round trip, view with block axes (B, C, 2, half, 2, half)
    array = np.array(images.numpy(), copy=True, order="C")
    b, c, s, _ = array.shape
    bottom = torch.randint(0, 2, (b,), generator=generator).numpy()
    right = torch.randint(0, 2, (b,), generator=generator).numpy()
    blocks = array.reshape(b, c, 2, s // 2, 2, s // 2)
    for i in range(b):
        blocks[i, :, bottom[i], :, right[i], :] = 0
    return torch.from_numpy(array), torch.from_numpy(2 * bottom + right).long()


# ---------------------------------------------------------------- best_at
E = "why_ssl.best_at"


@add(
    E,
    "wrong",
    "Interpolates between the numbers of labels themselves and not between their logarithms; a tutor should say: "
    "the axis is logarithmic, 30 lies about half way between 10 and 100.",
)
def best_w1(curves, labels):
    values = {}
    for name, curve in curves.items():
        xs = sorted(curve)
        values[name] = np.interp(labels, xs, [np.mean(curve[x]) for x in xs])
    return max(values, key=values.get)


@add(
    E,
    "wrong",
    "Takes the value at the nearest measured number of labels and does not read between the points; a tutor should say: "
    "interpolate between the neighbors on both sides.",
)
def best_w2(curves, labels):
    values = {}
    for name, curve in curves.items():
        nearest = min(curve, key=lambda x: abs(math.log(x) - math.log(labels)))
        values[name] = sum(curve[nearest]) / len(curve[nearest])
    return max(values, key=values.get)


@add(
    E,
    "wrong",
    "Takes the best seed at every point and not the mean of the seeds, so one lucky run decides; a tutor should say: "
    "average the accuracies of a point first.",
)
def best_w3(curves, labels):
    values = {}
    for name, curve in curves.items():
        xs = sorted(curve)
        values[name] = np.interp(math.log10(labels), np.log10(xs), [max(curve[x]) for x in xs])
    return max(values, key=values.get)


@add(
    E,
    "wrong",
    "Draws one straight line from the smallest to the largest number of labels and ignores the points between; a tutor should say: "
    "use the two measured neighbors of the number asked for.",
)
def best_w4(curves, labels):
    best_name, best_value = None, -1.0
    for name, curve in curves.items():
        low, high = min(curve), max(curve)
        share = (math.log(labels) - math.log(low)) / (math.log(high) - math.log(low))
        value = (1 - share) * np.mean(curve[low]) + share * np.mean(curve[high])
        if value > best_value:
            best_name, best_value = name, value
    return best_name


@add(E, "right")
def best_r1(curves, labels):
    # plain Python: walk along the curve, base 2 logarithm, hold the ends
    def mean(values):
        return sum(float(v) for v in values) / len(values)

    def height(curve):
        points = sorted((math.log2(n), mean(accuracies)) for n, accuracies in curve.items())
        x = math.log2(labels)
        if x <= points[0][0]:
            return points[0][1]
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            if x <= x1:
                return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        return points[-1][1]

    return sorted(curves, key=lambda name: height(curves[name]))[-1]


@add(E, "right")
def best_r2(curves, labels):
    # hat weights in torch: the value is the weighted sum of all points
    names = list(curves)
    heights = []
    for name in names:
        xs = sorted(curves[name])
        logs = torch.tensor(xs, dtype=torch.float64).log()
        ys = torch.tensor(
            [torch.tensor(curves[name][x], dtype=torch.float64).mean().item() for x in xs],
            dtype=torch.float64,
        )
        at = torch.tensor(float(labels), dtype=torch.float64).log().clamp(logs[0], logs[-1])
        weights = torch.zeros_like(logs)
        if len(xs) == 1:
            weights[0] = 1
        else:
            right = int(torch.searchsorted(logs, at).clamp(1, len(xs) - 1))
            weights[right] = (at - logs[right - 1]) / (logs[right] - logs[right - 1])
            weights[right - 1] = 1 - weights[right]
        heights.append(torch.einsum("i,i->", weights, ys))
    return names[int(torch.stack(heights).argmax())]


# ---------------------------------------------------------------- surrogate_batch
E = "distortion.surrogate_batch"


@add(
    E,
    "wrong",
    "The seeds are repeated as 0,1,2,0,1,2 but the labels as 0,0,1,1,2,2, so labels and copies do not belong together; "
    "a tutor should say: use the same order for both, repeat with repeat or repeat_interleave with repeat_interleave.",
)
def surrogate_w1(seeds, copies, distort):
    patches = distort(seeds.repeat(copies, 1, 1, 1))
    labels = torch.arange(len(seeds)).repeat_interleave(copies)
    return patches, labels


@add(
    E,
    "wrong",
    "Every seed is distorted once and the result is repeated, so all copies of a seed are identical; a tutor should say: "
    "repeat first and distort afterwards, so that every copy gets a distortion of its own.",
)
def surrogate_w2(seeds, copies, distort):
    patches = distort(seeds).repeat_interleave(copies, dim=0)
    labels = torch.arange(len(seeds)).repeat_interleave(copies)
    return patches, labels


@add(
    E,
    "wrong",
    "The labels are written into torch.zeros and come back as float32; a tutor should say: "
    "class numbers must be int64, otherwise cross entropy takes them for something else or fails.",
)
def surrogate_w3(seeds, copies, distort):
    n = len(seeds)
    labels = torch.zeros(n * copies)
    parts = []
    for i in range(copies):
        parts.append(distort(seeds))
        for j in range(n):
            labels[i * n + j] = j
    return torch.cat(parts), labels


@add(
    E,
    "wrong",
    "The undistorted seed itself counts as the first copy and only copies - 1 are distorted; a tutor should say: "
    "every one of the copies goes through distort.",
)
def surrogate_w4(seeds, copies, distort):
    patches = [seeds]
    for _ in range(copies - 1):
        patches.append(distort(seeds))
    labels = torch.arange(len(seeds)).repeat(copies)
    return torch.cat(patches), labels


@add(E, "right")
def surrogate_r1(seeds, copies, distort):
    # (copies, N, ...) -> swap -> flatten; labels from integer division
    stack = torch.stack([distort(seeds.clone()) for _ in range(copies)])
    patches = stack.transpose(0, 1).flatten(0, 1).contiguous()
    labels = torch.div(torch.arange(len(patches)), copies, rounding_mode="floor")
    return patches, labels


@add(E, "right")
def surrogate_r2(seeds, copies, distort):
    # a list of labels in reversed order decides which seed is copied; one call of distort
    order = [i for i in reversed(range(len(seeds))) for _ in range(copies)]
    labels = torch.tensor(order, dtype=torch.int64)
    return distort(seeds[labels]), labels


# ---------------------------------------------------------------- gradient_energy
E = "distortion.gradient_energy"


@add(
    E,
    "wrong",
    "Takes the difference of a pixel and its next neighbor (forward difference) and not half the difference of the two neighbors; "
    "a tutor should say: the left and the right neighbor, two pixels apart, divided by 2.",
)
def energy_w1(images):
    dy = F.pad(images[:, :, 1:, :] - images[:, :, :-1, :], (0, 0, 0, 1))
    dx = F.pad(images[:, :, :, 1:] - images[:, :, :, :-1], (0, 1, 0, 0))
    return (dy**2 + dx**2).mean(dim=1)


@add(
    E,
    "wrong",
    "Averages the channels before the gradient is taken, so opposite changes of colors cancel; a tutor should say: "
    "square and add in every channel, and average the channels last.",
)
def energy_w2(images):
    gray = images.mean(dim=1)
    dy, dx = torch.zeros_like(gray), torch.zeros_like(gray)
    dy[:, 1:-1, :] = (gray[:, 2:, :] - gray[:, :-2, :]) / 2
    dx[:, :, 1:-1] = (gray[:, :, 2:] - gray[:, :, :-2]) / 2
    return dy**2 + dx**2


@add(
    E,
    "wrong",
    "Adds the two changes first and squares the sum, so they can cancel and a cross term comes in; a tutor should say: "
    "square both changes and then add.",
)
def energy_w3(images):
    dy, dx = torch.gradient(images, dim=(2, 3))
    return ((dy + dx) ** 2).mean(dim=1)


@add(
    E,
    "wrong",
    "Divides by 2 after squaring and not before, so all values are twice too large; a tutor should say: "
    "the difference is halved first, after squaring this is a factor 1/4.",
)
def energy_w4(images):
    dy, dx = torch.zeros_like(images), torch.zeros_like(images)
    dy[:, :, 1:-1, :] = images[:, :, 2:, :] - images[:, :, :-2, :]
    dx[:, :, :, 1:-1] = images[:, :, :, 2:] - images[:, :, :, :-2]
    return (dy**2 / 2 + dx**2 / 2).mean(dim=1)


@add(E, "right")
def energy_r1(images):
    # convolution, every channel as a picture of its own, zeros around the border
    b, c, h, w = images.shape
    row = torch.tensor([-0.5, 0.0, 0.5], dtype=images.dtype)
    kernel = torch.zeros(2, 1, 3, 3, dtype=images.dtype)
    kernel[0, 0, :, 1] = row
    kernel[1, 0, 1, :] = row
    changes = F.conv2d(images.reshape(b * c, 1, h, w), kernel, padding=1)
    return changes.square().sum(1).view(b, c, h, w).mean(1)


@add(E, "right")
def energy_r2(images):
    # shifts that wrap around, in double precision; a quarter of the squared difference, einsum for the mean
    x = images.double()
    up_down = x.roll(1, 2) - x.roll(-1, 2)
    left_right = x.roll(1, 3) - x.roll(-1, 3)
    both = torch.stack([up_down, left_right])
    total = torch.einsum("kbchw,kbchw->bhw", both, both)
    return (total / (4 * images.shape[1])).to(images.dtype)


# ---------------------------------------------------------------- sampling_matrix
E = "distortion.sampling_matrix"


@add(
    E,
    "wrong",
    "Turns the wrong way: it uses the rotation of the content with y pointing down and not its inverse, so the copy turns clockwise; "
    "a tutor should say: the matrix goes from the copy to the photograph, so the sampling point turns opposite to the content.",
)
def matrix_w1(rotation, scale, translation, side):
    a = math.radians(rotation)
    c, s = math.cos(a) / scale, math.sin(a) / scale
    return torch.tensor([[c, s, translation[0] * side], [-s, c, translation[1] * side]])


@add(
    E,
    "wrong",
    "Multiplies by scale and not by 1 / scale, so the content shrinks where it should grow; a tutor should say: "
    "for a thing to grow in the copy the window in the photograph has to shrink.",
)
def matrix_w2(rotation, scale, translation, side):
    a = math.radians(rotation)
    c, s = math.cos(a) * scale, math.sin(a) * scale
    return torch.tensor([[c, -s, translation[0] * side], [s, c, translation[1] * side]])


@add(
    E,
    "wrong",
    "The shift is made before scaling and turning, so it is scaled and turned as well; a tutor should say: "
    "the shift comes last, so b is simply translation times side.",
)
def matrix_w3(rotation, scale, translation, side):
    a = math.radians(rotation)
    A = torch.tensor([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]]) / scale
    t = torch.tensor([float(translation[0]), float(translation[1])]) * side
    return torch.cat([A, (A @ t)[:, None]], dim=1)


@add(
    E,
    "wrong",
    "The angle is in degrees but goes into cos and sin as if it were in radians; a tutor should say: "
    "convert it with math.radians or torch.deg2rad.",
)
def matrix_w4(rotation, scale, translation, side):
    angle = torch.tensor(float(rotation))
    c, s = torch.cos(angle), torch.sin(angle)
    A = torch.stack([torch.stack([c, -s]), torch.stack([s, c])]) / scale
    b = torch.tensor([[translation[0] * side], [translation[1] * side]], dtype=torch.float32)
    return torch.cat([A, b], dim=1)


@add(E, "right")
def matrix_r1(rotation, scale, translation, side):
    # homogeneous: forward content matrix (turn, grow) inverted numerically, then the shift
    a = np.deg2rad(float(rotation))
    content = np.array([[np.cos(a), np.sin(a), 0], [-np.sin(a), np.cos(a), 0], [0, 0, 1]])
    grow = np.diag([float(scale), float(scale), 1.0])
    shift = np.eye(3)
    shift[:2, 2] = [float(translation[0]) * side, float(translation[1]) * side]
    return torch.from_numpy((shift @ np.linalg.inv(grow @ content))[:2]).float()


@add(E, "right")
def matrix_r2(rotation, scale, translation, side):
    # complex numbers x + iy; the columns are what happens to 1, i and 0
    turn = complex(math.cos(math.pi * rotation / 180), math.sin(math.pi * rotation / 180))
    move = complex(float(translation[0]), float(translation[1])) * side

    def place(p):
        return p / scale * turn + move

    origin = place(0)
    columns = [place(1) - origin, place(1j) - origin, origin]
    return torch.tensor([[z.real for z in columns], [z.imag for z in columns]], dtype=torch.float32)


ANSWERS = [(exercise, kind, f.__name__, f, mistake) for exercise, kind, mistake, f in ANSWERS]
