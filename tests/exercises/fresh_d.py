# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn.functional as F


# ---------------------------------------------------------------- rotation.four_copies
def fc_w1(images):
    rotated = torch.cat([torch.rot90(images, -r, (2, 3)) for r in range(4)])
    labels = torch.arange(4, device=images.device).repeat_interleave(len(images))
    return rotated, labels


def fc_w2(images):
    rotated = torch.cat([torch.rot90(images, r, (2, 3)) for r in range(4)])
    labels = torch.arange(4, device=images.device).repeat(len(images))
    return rotated, labels


def fc_w3(images):
    B = images.shape[0]
    copies, labels = [], []
    turned = images
    for r in range(4):
        turned = torch.rot90(turned, r, (2, 3))
        copies.append(turned)
        labels.append(torch.full((B,), r, dtype=torch.int64, device=images.device))
    return torch.cat(copies), torch.cat(labels)


def fc_w4(images):
    r0 = images
    r1 = images.transpose(2, 3)
    r2 = images.flip(2).flip(3)
    r3 = images.transpose(2, 3).flip(2).flip(3)
    rotated = torch.cat([r0, r1, r2, r3])
    labels = torch.arange(4, device=images.device).repeat_interleave(images.shape[0])
    return rotated, labels


def fc_r1(images):
    arr = images.detach().cpu().numpy()
    out, labels = [], []
    for picture in arr:
        for r in (3, 0, 2, 1):
            out.append(np.rot90(picture, k=r, axes=(1, 2)).copy())
            labels.append(r)
    rotated = torch.from_numpy(np.stack(out)).to(images.device)
    return rotated, torch.tensor(labels, dtype=torch.int64, device=images.device)


def fc_r2(images):
    B, C, S, _ = images.shape
    i = torch.arange(S, device=images.device)[:, None].expand(S, S)
    j = torch.arange(S, device=images.device)[None, :].expand(S, S)
    last = S - 1
    where = [(i, j), (j, last - i), (last - i, last - j), (last - j, i)]
    rotated = images.new_empty((B, 4, C, S, S))
    for r, (row, col) in enumerate(where):
        rotated[:, r] = images[:, :, row, col]
    labels = torch.arange(4 * B, device=images.device) % 4
    return rotated.reshape(4 * B, C, S, S), labels


# ---------------------------------------------------------------- rotation.frozen_features
def ff_w1(encoder, images):
    encoder.eval
    with torch.no_grad():
        return encoder(images).mean(dim=(2, 3))


def ff_w2(encoder, images):
    encoder.eval()
    torch.no_grad()
    features = encoder(images)
    return features.mean(dim=(2, 3))


def ff_w3(encoder, images):
    encoder.eval()
    with torch.no_grad():
        features = encoder(images)
    return features.mean(dim=(1, 2))


def ff_w4(encoder, images):
    encoder.eval()
    with torch.no_grad():
        features = encoder(images)
        return F.adaptive_max_pool2d(features, 1).flatten(1)


def ff_r1(encoder, images):
    was_training = encoder.training
    encoder.train(False)
    with torch.no_grad():
        maps = encoder(images)
        height, width = maps.shape[-2:]
        features = torch.einsum("bchw->bc", maps) / (height * width)
    encoder.train(was_training)
    return features


def ff_r2(encoder, images):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        encoder.eval()
        rows = []
        for n in range(images.shape[0]):
            one = encoder(images[n : n + 1])[0]
            rows.append(one.double().mean(-1).mean(-1).to(one.dtype))
        return torch.stack(rows)
    finally:
        torch.set_grad_enabled(before)


# ---------------------------------------------------------------- tracking.tracking_hinge
def th_w1(x, positive, negatives, margin=0.5):
    x = F.normalize(x)
    positive = F.normalize(positive)
    negatives = F.normalize(negatives)
    d_pos = 1 - (x * positive).sum(-1)
    d_neg = 1 - (x[:, None] * negatives).sum(-1)
    return (d_pos[:, None] - d_neg + margin).clamp(min=0).mean()


def th_w2(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    return torch.clamp(d_pos.mean() - d_neg.mean() + margin, min=0)


def th_w3(x, positive, negatives, margin=0.5):
    d_pos = F.cosine_similarity(x, positive, dim=-1)
    d_neg = F.cosine_similarity(x[:, None], negatives, dim=-1)
    return F.relu(d_pos[:, None] - d_neg + margin).mean()


def th_w4(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    loss = F.relu(d_pos[:, None] - d_neg + margin)
    return loss.sum() / (loss > 0).sum().clamp(min=1)


def th_r1(x, positive, negatives, margin=0.5):
    def distance(a, b):
        return 1 - torch.dot(a, b) / (a.norm() * b.norm())

    total, count = x.new_zeros(()), 0
    for i in range(x.shape[0]):
        near = distance(x[i], positive[i])
        for k in range(negatives.shape[1]):
            h = near - distance(x[i], negatives[i, k]) + margin
            total = total + torch.maximum(h, torch.zeros_like(h))
            count += 1
    return total / count


def th_r2(x, positive, negatives, margin=0.5):
    # for unit vectors 1 - cos = |a - b|^2 / 2
    a, p, n = (
        v.double() / v.double().pow(2).sum(-1, keepdim=True).sqrt()
        for v in (x, positive, negatives)
    )
    near = (a - p).square().sum(-1).div(2)
    far = (a.unsqueeze(1) - n).square().sum(-1).div(2)
    h = near.unsqueeze(1) - far + margin
    h = torch.where(h > 0, h, torch.zeros_like(h))
    return (torch.einsum("bk->", h) / h.numel()).to(x.dtype)


# ---------------------------------------------------------------- tracking.hardest_negatives
def hn_w1(x, candidates, allowed, k):
    rows = []
    for b in range(len(x)):
        left = candidates[allowed[b]]
        cosine = F.cosine_similarity(x[b][None], left, dim=1)
        rows.append(cosine.topk(k).indices)
    return torch.stack(rows)


def hn_w2(x, candidates, allowed, k):
    similarity = F.normalize(x, dim=1) @ candidates.T
    similarity = similarity.masked_fill(~allowed, float("-inf"))
    return similarity.topk(k, dim=1).indices


def hn_w3(x, candidates, allowed, k):
    cosine = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    cosine = cosine * allowed
    return cosine.topk(k, dim=1).indices


def hn_w4(x, candidates, allowed, k):
    distance = 1 - F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    distance = distance.masked_fill(~allowed, -float("inf"))
    return distance.topk(k, dim=1).indices


def hn_r1(x, candidates, allowed, k):
    X = x.detach().cpu().numpy().astype(np.float64)
    C = candidates.detach().cpu().numpy().astype(np.float64)
    ok = allowed.cpu().numpy()
    cosine = np.einsum("bd,nd->bn", X, C)
    cosine /= np.linalg.norm(X, axis=1)[:, None] * np.linalg.norm(C, axis=1)[None, :]
    cosine[~ok] = -2.0
    order = np.argsort(cosine, axis=1)
    n = order.shape[1]
    return torch.tensor(order[:, n - k :], dtype=torch.int64, device=x.device)


def hn_r2(x, candidates, allowed, k):
    cosine = torch.stack([F.cosine_similarity(row[None], candidates, dim=1) for row in x])
    result = torch.empty((len(x), k), dtype=torch.int64, device=x.device)
    for b in range(len(x)):
        numbers = torch.nonzero(allowed[b]).flatten().tolist()
        numbers.sort(key=lambda i: cosine[b, i].item(), reverse=True)
        result[b] = torch.tensor(numbers[:k], dtype=torch.int64)
    return result


# ---------------------------------------------------------------- tracking.spread
def sp_w1(embeddings):
    z = F.normalize(embeddings, dim=0)
    return (z.std(dim=0).mean() * embeddings.shape[1] ** 0.5).item()


def sp_w2(embeddings):
    z = F.normalize(embeddings, dim=1)
    return (z.std(dim=1).mean() * math.sqrt(z.shape[1])).item()


def sp_w3(embeddings):
    return float(embeddings.std(dim=0).mean() * math.sqrt(embeddings.shape[1]))


def sp_w4(embeddings):
    N, D = embeddings.shape
    z = F.normalize(embeddings, dim=1)
    return (z.std(dim=0).mean() * math.sqrt(N)).item()


def sp_r1(embeddings):
    z = embeddings.detach().cpu().numpy().astype(np.float64)
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    return float(np.mean(np.std(z, axis=0)) * np.sqrt(z.shape[1]))


def sp_r2(embeddings):
    N, D = embeddings.shape
    length = torch.einsum("nd,nd->n", embeddings, embeddings).sqrt()
    z = embeddings / length[:, None]
    total = 0.0
    for d in range(D):
        column = z[:, d].double()
        centred = column - column.mean()
        total += math.sqrt((centred * centred).sum().item() / (N - 1))
    return total / math.sqrt(D)


ANSWERS = [
    (
        "rotation.four_copies",
        "wrong",
        "Turned clockwise (-r in rot90), so labels 1 and 3 are swapped; the tutor should say that label r means a counter-clockwise turn and that the direction is reversed.",
        fc_w1,
    ),
    (
        "rotation.four_copies",
        "wrong",
        "The copies are grouped by angle but the labels run 0,1,2,3,0,1,2,3 (repeat in place of repeat_interleave); the tutor should say that the turns are fine but the order of the labels does not match the order of the copies.",
        fc_w2,
    ),
    (
        "rotation.four_copies",
        "wrong",
        "In the loop the already turned picture is turned again by r, so the real angles are 0, 90, 270, 180 and labels 2 and 3 are wrong; the tutor should say to start from the original each time (or turn by one step each time).",
        fc_w3,
    ),
    (
        "rotation.four_copies",
        "wrong",
        "For 90 and 270 degrees rows and columns are only exchanged without the single flip, which makes mirror images, not turns; the tutor should say that a transpose is a reflection and one more flip is missing.",
        fc_w4,
    ),
    ("rotation.four_copies", "right", "", fc_r1),
    ("rotation.four_copies", "right", "", fc_r2),
    (
        "rotation.frozen_features",
        "wrong",
        "encoder.eval is written without parentheses, so evaluation mode is never switched on and batch norm uses and changes its batch statistics; the tutor should say that the encoder is still in training mode.",
        ff_w1,
    ),
    (
        "rotation.frozen_features",
        "wrong",
        "torch.no_grad() stands alone without 'with', so it does nothing and the features still carry gradients; the tutor should say that gradients are not off and that the forward pass belongs inside the with block.",
        ff_w2,
    ),
    (
        "rotation.frozen_features",
        "wrong",
        "Averages over axes 1 and 2 (channels and height) and returns (B, W); the tutor should say that height and width are axes 2 and 3 and the channels must stay.",
        ff_w3,
    ),
    (
        "rotation.frozen_features",
        "wrong",
        "Takes the maximum over height and width in place of the mean; the tutor should say that the shape is right but the task asks for the average.",
        ff_w4,
    ),
    ("rotation.frozen_features", "right", "", ff_r1),
    ("rotation.frozen_features", "right", "", ff_r2),
    (
        "tracking.tracking_hinge",
        "wrong",
        "F.normalize on the (B, K, D) negatives uses its default dim=1 and so normalizes over K, not over D; the tutor should say that the negatives are not of unit length and dim=-1 is needed.",
        th_w1,
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        "Averages the distances first and applies max(0, .) once at the end, so good triplets cancel bad ones; the tutor should say that the clamp belongs to every triplet and the mean comes after it.",
        th_w2,
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        "Uses the cosine similarity itself as the distance (forgot 1 - cos), so the sign is reversed and the positive is pushed away; the tutor should say that D is small for similar vectors.",
        th_w3,
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        "Divides by the number of triplets with a loss above 0 and not by all B*K; the tutor should say that the mean is over all triplets, those with loss 0 included.",
        th_w4,
    ),
    ("tracking.tracking_hinge", "right", "", th_r1),
    ("tracking.tracking_hinge", "right", "", th_r2),
    (
        "tracking.hardest_negatives",
        "wrong",
        "Filters the candidates first and returns positions within the filtered list, not indices into the candidates; the tutor should say that the numbers must be mapped back (or mask with -inf and do not filter).",
        hn_w1,
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        "Normalizes only x and not the candidates, so long vectors win; the tutor should say that this is a dot product that depends on the candidates' lengths, not the cosine.",
        hn_w2,
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        "Multiplies by the mask, which gives forbidden candidates cosine 0, above allowed ones with a negative cosine; the tutor should say that 0 is not the lowest cosine and -inf is needed.",
        hn_w3,
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        "Takes topk of the distance 1 - cos, so it returns the least similar, easiest negatives; the tutor should say that the order is reversed and the smallest distances (highest cosines) are asked for.",
        hn_w4,
    ),
    ("tracking.hardest_negatives", "right", "", hn_r1),
    ("tracking.hardest_negatives", "right", "", hn_r2),
    (
        "tracking.spread",
        "wrong",
        "Normalizes with dim=0, so each column and not each vector gets unit length; the tutor should say that each row (embedding) must have length 1.",
        sp_w1,
    ),
    (
        "tracking.spread",
        "wrong",
        "Takes the standard deviation within each vector (dim=1) and not of each dimension over the N embeddings, which is about 1 even when all collapse to one point; the tutor should say to take it over the N rows.",
        sp_w2,
    ),
    (
        "tracking.spread",
        "wrong",
        "Leaves out making the vectors unit length; the tutor should say that the value changes when the embeddings are scaled and that they must be normalized first.",
        sp_w3,
    ),
    (
        "tracking.spread",
        "wrong",
        "Multiplies by the root of N in place of the root of D; the tutor should say that the factor is the number of dimensions, not of embeddings.",
        sp_w4,
    ),
    ("tracking.spread", "right", "", sp_r1),
    ("tracking.spread", "right", "", sp_r2),
]


ANSWERS = [(exercise, kind, f.__name__, f, mistake) for exercise, kind, mistake, f in ANSWERS]
