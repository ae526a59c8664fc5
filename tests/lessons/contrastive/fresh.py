"""Answers written from the lesson's text alone, by people who had not seen the checks, and what is to be
said of the wrong ones.
"""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.views import color, geometry

# ------------------------------------------------------------------------------------------
# Exercise 1, wrong answers
# ------------------------------------------------------------------------------------------


# Wrong: one view is made and used twice, so that partners are identical.
def two_views_w_same_twice(images, generator, strength):
    size = images.shape[-1]
    view = geometry.random_resized_crop(images, size, generator, area=(0.2, 1.0))
    view = geometry.random_flip(view, generator)
    if strength > 0:
        view = color.random_color_jitter(
            view,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2 * strength,
            p=0.8,
        )
        view = color.random_gray(view, generator)
    return torch.cat([view, view], dim=0)


# Wrong: partners stand next to each other (a1, a2, b1, b2, ...), not all first views, then all second ones.
def two_views_w_interleaved(images, generator, strength):
    def augment():
        x = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        x = geometry.random_flip(x, generator)
        if strength > 0:
            x = color.random_color_jitter(
                x,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            x = color.random_gray(x, generator)
        return x

    return torch.stack([augment(), augment()], dim=1).flatten(0, 1)


# Wrong: the crop keeps the default area, which starts at 8% instead of 20% of the picture.
def two_views_w_default_area(images, generator, strength):
    both = torch.cat([images, images])
    both = geometry.random_resized_crop(both, images.shape[-1], generator)
    both = geometry.random_flip(both, generator)
    if strength == 0:
        return both
    both = color.random_color_jitter(
        both,
        generator,
        brightness=0.8 * strength,
        contrast=0.8 * strength,
        saturation=0.8 * strength,
        hue=0.2 * strength,
        p=0.8,
    )
    return color.random_gray(both, generator, p=0.2)


# Wrong: the jitter's p is left at its default of 1, so every view has its colors changed, not four in five.
def two_views_w_jitter_always(images, generator, strength):
    views = []
    for _ in range(2):
        v = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        v = geometry.random_flip(v, generator, p=0.5)
        s = 0.8 * strength
        v = color.random_color_jitter(
            v, generator, brightness=s, contrast=s, saturation=s, hue=0.2 * strength
        )
        v = color.random_gray(v, generator, p=0.2 if strength > 0 else 0.0)
        views.append(v)
    return torch.cat(views)


# Wrong: hue is always 0.2, not multiplied by strength; at strength 0 colors still change.
def two_views_w_hue_unscaled(images, generator, strength):
    size = images.size(2)
    gray_p = 0.2 if strength > 0 else 0.0

    def one_view(x):
        x = geometry.random_resized_crop(x, size, generator, area=(0.2, 1.0))
        x = geometry.random_flip(x, generator)
        x = color.random_color_jitter(
            x,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2,
            p=0.8,
        )
        return color.random_gray(x, generator, p=gray_p)

    return torch.cat((one_view(images), one_view(images)))


# Wrong: the mirroring is drawn from torch's global generator, not from the generator that was handed in.
def two_views_w_global_flip(images, generator, strength):
    def one_view():
        x = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        mirrored = torch.rand(len(x), device=x.device) < 0.5
        x = torch.where(mirrored[:, None, None, None], x.flip(-1), x)
        if strength > 0:
            x = color.random_color_jitter(
                x,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            x = color.random_gray(x, generator, p=0.2)
        return x

    return torch.cat([one_view(), one_view()], dim=0)


# Wrong: the second view is the untouched picture; only the first one is augmented.
def two_views_w_second_untouched(images, generator, strength):
    augmented = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
    augmented = geometry.random_flip(augmented, generator)
    if strength > 0:
        augmented = color.random_color_jitter(
            augmented,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2 * strength,
            p=0.8,
        )
        augmented = color.random_gray(augmented, generator, p=0.2)
    return torch.cat([augmented, images], dim=0)


# Wrong: colors are drawn once per picture, before the two crops, so both views share the same color change.
def two_views_w_shared_colors(images, generator, strength):
    x = images
    if strength > 0:
        x = color.random_color_jitter(
            x,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2 * strength,
            p=0.8,
        )
        x = color.random_gray(x, generator, p=0.2)
    out = []
    for _ in range(2):
        v = geometry.random_resized_crop(x, images.shape[-1], generator, area=(0.2, 1.0))
        out.append(geometry.random_flip(v, generator))
    return torch.cat(out)


# Wrong: one coin decides for the whole batch whether colors change, and one whether it becomes gray.
def two_views_w_coin_for_batch(images, generator, strength):
    def coin(p):
        return torch.rand((), generator=generator, device=generator.device).item() < p

    def one_view():
        x = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        x = geometry.random_flip(x, generator)
        if strength > 0 and coin(0.8):
            x = color.random_color_jitter(
                x,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
            )
        if strength > 0 and coin(0.2):
            x = color.to_gray(x)
        return x

    return torch.cat([one_view(), one_view()])


# Wrong: takes "four in five" and "one in five" for one choice: exactly the views without jitter become gray.
def two_views_w_jitter_or_gray(images, generator, strength):
    x = torch.cat([images, images])
    x = geometry.random_resized_crop(x, images.shape[-1], generator, area=(0.2, 1.0))
    x = geometry.random_flip(x, generator)
    if strength == 0:
        return x
    jittered = color.random_color_jitter(
        x,
        generator,
        brightness=0.8 * strength,
        contrast=0.8 * strength,
        saturation=0.8 * strength,
        hue=0.2 * strength,
    )
    choice = torch.rand(len(x), generator=generator, device=generator.device).to(x.device)
    return torch.where((choice < 0.8)[:, None, None, None], jittered, color.to_gray(x))


# Wrong: the second views are shuffled, so row i + B is no longer the partner of row i.
def two_views_w_shuffled_partners(images, generator, strength):
    n = images.shape[0]

    def one_view():
        x = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        x = geometry.random_flip(x, generator)
        if strength > 0:
            x = color.random_color_jitter(
                x,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            x = color.random_gray(x, generator, p=0.2)
        return x

    first, second = one_view(), one_view()
    order = torch.randperm(n, generator=generator, device=generator.device).to(images.device)
    return torch.cat([first, second[order]], dim=0)


# Wrong: mirrors the caller's pictures in place; the data set's own batch is changed.
def two_views_w_changes_input(images, generator, strength):
    views = []
    for _ in range(2):
        mirrored = torch.rand(len(images), generator=generator, device=generator.device) < 0.5
        mirrored = mirrored.to(images.device)
        images[mirrored] = images[mirrored].flip(-1)
        v = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        if strength > 0:
            v = color.random_color_jitter(
                v,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            v = color.random_gray(v, generator, p=0.2)
        views.append(v)
    return torch.cat(views)


# ------------------------------------------------------------------------------------------
# Exercise 1, right answers
# ------------------------------------------------------------------------------------------


# Right: a helper for one view, called twice.
def two_views_r_helper(images, generator, strength):
    def one_view():
        x = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        x = geometry.random_flip(x, generator)
        if strength > 0:
            x = color.random_color_jitter(
                x,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            x = color.random_gray(x, generator)
        return x

    return torch.cat([one_view(), one_view()])


# Right: the batch is doubled first; each function draws anew for every one of the 2B pictures.
def two_views_r_cat_first(images, generator, strength):
    both = torch.cat([images, images], dim=0)
    both = geometry.random_flip(both, generator, p=0.5)
    both = geometry.random_resized_crop(both, both.shape[-1], generator, area=(0.2, 1.0))
    if strength == 0:
        return both
    big, small = 0.8 * strength, 0.2 * strength
    both = color.random_color_jitter(
        both, generator, brightness=big, contrast=big, saturation=big, hue=small, p=0.8
    )
    return color.random_gray(both, generator, p=0.2)


# Right: writes both halves into a tensor made beforehand.
def two_views_r_preallocated(images, generator, strength):
    B, C, H, W = images.shape
    out = torch.empty((2 * B, C, H, W), dtype=images.dtype, device=images.device)
    amounts = {name: 0.8 * strength for name in ("brightness", "contrast", "saturation")}
    amounts["hue"] = 0.2 * strength
    for half in range(2):
        x = geometry.random_resized_crop(images, W, generator, area=(0.2, 1.0))
        x = geometry.random_flip(x, generator)
        if strength != 0:
            x = color.random_color_jitter(x, generator, p=0.8, **amounts)
            x = color.random_gray(x, generator, p=0.2)
        out[half * B : (half + 1) * B] = x
    return out


# Right: one picture at a time.
def two_views_r_picture_loop(images, generator, strength):
    size = images.shape[2]
    views = []
    for _ in range(2):
        for picture in images.split(1):
            v = geometry.random_resized_crop(picture, size, generator, area=(0.2, 1.0))
            v = geometry.random_flip(v, generator)
            if strength > 0:
                v = color.random_color_jitter(
                    v,
                    generator,
                    brightness=0.8 * strength,
                    contrast=0.8 * strength,
                    saturation=0.8 * strength,
                    hue=0.2 * strength,
                    p=0.8,
                )
                v = color.random_gray(v, generator, p=0.2)
            views.append(v)
    return torch.cat(views, dim=0)


# Right: partners next to each other while augmenting, then put in the order that is asked for.
def two_views_r_reordered(images, generator, strength):
    v = images.repeat_interleave(2, dim=0)
    v = geometry.random_resized_crop(v, images.shape[-1], generator, area=(0.2, 1.0))
    v = geometry.random_flip(v, generator)
    if strength > 0:
        v = color.random_color_jitter(
            v,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2 * strength,
            p=0.8,
        )
        v = color.random_gray(v, generator, p=0.2)
    return torch.cat([v[0::2], v[1::2]], dim=0)


# Right: own coins and masks for mirroring, jitter and gray, one per view, all from generator.
def two_views_r_own_masks(images, generator, strength):
    n = 2 * images.shape[0]

    def coins(p):
        draws = torch.rand(n, 1, 1, 1, generator=generator, device=generator.device)
        return (draws < p).to(images.device)

    x = images.repeat(2, 1, 1, 1)
    x = geometry.random_resized_crop(x, images.shape[-1], generator, area=(0.2, 1.0))
    x = torch.where(coins(0.5), torch.flip(x, dims=[3]), x)
    if strength > 0:
        changed = color.random_color_jitter(
            x,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2 * strength,
            p=1.0,
        )
        x = torch.where(coins(0.8), changed, x)
        x = torch.where(coins(0.2), color.to_gray(x), x)
    return x


# ------------------------------------------------------------------------------------------
# Exercise 2, wrong answers
# ------------------------------------------------------------------------------------------


# Wrong: the view itself (k = i) stays in the sum.
def nt_xent_w_self_included(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    logits = z @ z.T / temperature
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(logits, partner)


# Wrong: plain dot products instead of cosines; the vectors are not normalized.
def nt_xent_w_dot_product(z, temperature):
    n = len(z)
    logits = torch.einsum("id,jd->ij", z, z) / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    partner = torch.arange(n, device=z.device).roll(n // 2)
    return F.cross_entropy(logits, partner)


# Wrong: the partner is left out of the sum too; only the negatives are summed.
def nt_xent_w_only_negatives_summed(z, temperature):
    n = len(z)
    z = F.normalize(z, dim=1)
    sim = z @ z.T / temperature
    rows = torch.arange(n, device=z.device)
    partner = (rows + n // 2) % n
    positive = sim[rows, partner]
    mask = torch.eye(n, dtype=torch.bool, device=z.device)
    mask[rows, partner] = True
    negatives = sim.masked_fill(mask, float("-inf"))
    return (torch.logsumexp(negatives, dim=1) - positive).mean()


# Wrong: takes rows 2i and 2i + 1 for partners; the order is first views, then second views.
def nt_xent_w_neighbors(z, temperature):
    n = z.size(0)
    z = F.normalize(z, dim=-1)
    logits = z @ z.t() / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    partner = torch.arange(n, device=z.device) ^ 1
    return F.cross_entropy(logits, partner)


# Wrong: averages over the B first views only; the second views never look for their partner.
def nt_xent_w_first_half(z, temperature):
    n = z.shape[0]
    b = n // 2
    z = F.normalize(z, dim=1)
    logits = z @ z.T / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    return F.cross_entropy(logits[:b], torch.arange(b, n, device=z.device))


# Wrong: multiplies by the temperature instead of dividing.
def nt_xent_w_times_temperature(z, temperature):
    n = z.shape[0]
    z = z / z.norm(dim=1, keepdim=True)
    sim = (z @ z.T) * temperature
    sim = sim.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    log_prob = F.log_softmax(sim, dim=1)
    rows = torch.arange(n, device=z.device)
    return -log_prob[rows, (rows + n // 2) % n].mean()


# Wrong: normalizes the columns (each feature over the batch), not each view's vector.
def nt_xent_w_columns_normalized(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=0)
    logits = torch.mm(z, z.t()) / temperature
    logits = logits.masked_fill(torch.eye(n, device=z.device).bool(), float("-inf"))
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(logits, partner)


# Wrong: the diagonal is set to 0 before the softmax; exp(0) = 1 still counts in the sum.
def nt_xent_w_zero_diagonal(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    sim = z @ z.T
    sim = sim * (1 - torch.eye(n, dtype=z.dtype, device=z.device))
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(sim / temperature, partner)


# Wrong: compares first views with second views only; views of the same half are missing among the negatives.
def nt_xent_w_cross_only(z, temperature):
    first, second = F.normalize(z, dim=1).chunk(2)
    logits = first @ second.T / temperature
    target = torch.arange(len(first), device=z.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


# Wrong: the sum is computed without gradient; the value is right, but nothing pushes the negatives away.
def nt_xent_w_sum_detached(z, temperature):
    n = z.shape[0]
    b = n // 2
    z = F.normalize(z, dim=1)
    positive = (z * z.roll(b, dims=0)).sum(dim=1) / temperature
    with torch.no_grad():
        sim = z @ z.T / temperature
        sim.fill_diagonal_(float("-inf"))
        log_sum = torch.logsumexp(sim, dim=1)
    return (log_sum - positive).mean()


# Wrong: applies softmax before cross_entropy, which itself applies a log-softmax.
def nt_xent_w_double_softmax(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    sim = z @ z.T / temperature
    sim = sim.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    probabilities = torch.softmax(sim, dim=1)
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(probabilities, partner)


# Wrong: takes the log of the mean probability instead of the mean of the logs.
def nt_xent_w_log_of_mean(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    sim = z @ z.T / temperature
    sim = sim.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    rows = torch.arange(n, device=z.device)
    probability = torch.softmax(sim, dim=1)[rows, (rows + n // 2) % n]
    return -torch.log(probability.mean())


# ------------------------------------------------------------------------------------------
# Exercise 2, right answers
# ------------------------------------------------------------------------------------------


# Right: -inf on the diagonal and cross-entropy.
def nt_xent_r_cross_entropy(z, temperature):
    n = z.shape[0]
    unit = F.normalize(z, dim=1)
    logits = unit @ unit.T / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(logits, partner)


# Right: the formula word by word, in loops.
def nt_xent_r_loops(z, temperature):
    n = len(z)
    unit = [F.normalize(row, dim=0) for row in z]
    losses = []
    for i in range(n):
        j = i + n // 2 if i < n // 2 else i - n // 2
        others = torch.stack(
            [torch.dot(unit[i], unit[k]) / temperature for k in range(n) if k != i]
        )
        positive = torch.dot(unit[i], unit[j]) / temperature
        losses.append(torch.logsumexp(others, dim=0) - positive)
    return torch.stack(losses).mean()


# Right: einsum and a log-sum-exp by hand, with the maximum taken out.
def nt_xent_r_einsum(z, temperature):
    n = z.shape[0]
    b = n // 2
    unit = F.normalize(z, dim=1)
    sim = torch.einsum("id,kd->ik", unit, unit) / temperature
    self_mask = torch.eye(n, dtype=torch.bool, device=z.device)
    sim = sim.masked_fill(self_mask, -math.inf)
    largest = sim.detach().amax(dim=1, keepdim=True)
    log_sum = largest.squeeze(1) + (sim - largest).exp().sum(dim=1).log()
    positive = torch.einsum("id,id->i", unit, unit.roll(b, dims=0)) / temperature
    return (log_sum - positive).mean()


# Right: cuts the diagonal out by reshaping; the partners are the diagonals at +B and -B.
def nt_xent_r_diagonals(z, temperature):
    n = z.shape[0]
    b = n // 2
    unit = F.normalize(z, dim=1)
    sim = torch.matmul(unit, unit.T) / temperature
    without_self = sim.flatten()[1:].view(n - 1, n + 1)[:, :-1].reshape(n, n - 1)
    positive = torch.cat([torch.diagonal(sim, b), torch.diagonal(sim, -b)])
    return torch.mean(torch.logsumexp(without_self, dim=1) - positive)


# Right: in four blocks, first and second views apart.
def nt_xent_r_blocks(z, temperature):
    first, second = F.normalize(z, dim=1).chunk(2, dim=0)
    b = first.shape[0]
    same = torch.eye(b, dtype=torch.bool, device=z.device)
    first_first = (first @ first.T / temperature).masked_fill(same, float("-inf"))
    second_second = (second @ second.T / temperature).masked_fill(same, float("-inf"))
    first_second = first @ second.T / temperature
    target = torch.arange(b, device=z.device)
    loss_first = F.cross_entropy(torch.cat([first_second, first_first], dim=1), target)
    loss_second = F.cross_entropy(torch.cat([first_second.T, second_second], dim=1), target)
    return 0.5 * (loss_first + loss_second)


# Right: the others of each view in cyclic order i + 1, i + 2, ...; the partner is always in column B - 1.
def nt_xent_r_cyclic(z, temperature):
    n = z.shape[0]
    b = n // 2
    unit = F.normalize(z, p=2, dim=-1)
    rows = torch.arange(n, device=z.device)
    steps = torch.arange(1, n, device=z.device)
    others = (rows[:, None] + steps[None, :]) % n
    logits = (unit @ unit.T).gather(1, others) / temperature
    return -F.log_softmax(logits, dim=1)[:, b - 1].mean()


# --------------------------------------------------------------------------------------------------
# two_views: wrong answers
# --------------------------------------------------------------------------------------------------


# wrong: gray is drawn only among pictures with changed colors: 16% become gray, never plain ones
def two_views_v_gray_inside_jitter(images, generator, strength):
    size = images.shape[-1]

    def view():
        out = geometry.random_resized_crop(images, size, generator, area=(0.2, 1.0))
        out = geometry.random_flip(out, generator)
        if strength == 0:
            return out
        changed = torch.rand(len(out), generator=generator, device=generator.device) < 0.8
        changed = changed.to(out.device)[:, None, None, None]
        colored = color.random_color_jitter(
            out,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2 * strength,
        )
        colored = color.random_gray(colored, generator, p=0.2)
        return torch.where(changed, colored, out)

    return torch.cat([view(), view()])


# wrong: the chance of gray is scaled with strength (right only at strength 1 and 0)
def two_views_v_gray_times_strength(images, generator, strength):
    def view(x):
        x = geometry.random_resized_crop(x, x.shape[-1], generator, area=(0.2, 1.0))
        x = geometry.random_flip(x, generator)
        if strength > 0:
            s = 0.8 * strength
            x = color.random_color_jitter(
                x, generator, brightness=s, contrast=s, saturation=s, hue=0.2 * strength, p=0.8
            )
            x = color.random_gray(x, generator, p=0.2 * strength)
        return x

    return torch.cat([view(images), view(images)], dim=0)


# wrong: hue has its own four-in-five draw, apart from that of brightness, contrast and saturation
def two_views_v_split_jitter(images, generator, strength):
    views = []
    for _ in range(2):
        v = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        v = geometry.random_flip(v, generator)
        if strength != 0:
            v = color.random_color_jitter(
                v,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.0,
                p=0.8,
            )
            v = color.random_color_jitter(
                v,
                generator,
                brightness=0.0,
                contrast=0.0,
                saturation=0.0,
                hue=0.2 * strength,
                p=0.8,
            )
            v = color.random_gray(v, generator, p=0.2)
        views.append(v)
    return torch.cat(views)


# wrong: exactly B // 5 pictures of each view become gray instead of each with chance 0.2 (none when B < 5)
def two_views_v_gray_quota(images, generator, strength):
    batch, size = images.shape[0], images.shape[-1]
    views = []
    for _ in range(2):
        v = geometry.random_resized_crop(images, size, generator, area=(0.2, 1.0))
        v = geometry.random_flip(v, generator)
        if strength > 0:
            v = color.random_color_jitter(
                v,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            chosen = torch.randperm(batch, generator=generator, device=generator.device)[
                : batch // 5
            ]
            gray = torch.zeros(batch, dtype=torch.bool, device=v.device)
            gray[chosen.to(v.device)] = True
            v = torch.where(gray.view(-1, 1, 1, 1), color.to_gray(v), v)
        views.append(v)
    return torch.cat(views)


# wrong: the second view draws from a generator freshly seeded at each call, so its draws repeat
def two_views_v_own_second_generator(images, generator, strength):
    second = torch.Generator(device=generator.device)
    second.manual_seed(generator.initial_seed() + 1)

    def view(g):
        v = geometry.random_resized_crop(images, images.shape[-1], g, area=(0.2, 1.0))
        v = geometry.random_flip(v, g)
        if strength > 0:
            v = color.random_color_jitter(
                v,
                g,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            v = color.random_gray(v, g)
        return v

    return torch.cat([view(generator), view(second)])


# wrong: mirrors the caller's pictures in place (the views themselves are distributed as they should be)
def two_views_v_flip_in_place(images, generator, strength):
    views = []
    for _ in range(2):
        coin = torch.rand(len(images), generator=generator, device=generator.device) < 0.5
        coin = coin.to(images.device)
        images[coin] = images[coin].flip(-1)
        v = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        if strength > 0:
            v = color.random_color_jitter(
                v,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            v = color.random_gray(v, generator)
        views.append(v)
    return torch.cat(views)


# wrong: the second view is made from the first view, not from the picture (`v` reused in the loop)
def two_views_v_second_from_first(images, generator, strength):
    v = images
    views = []
    for _ in range(2):
        v = geometry.random_resized_crop(v, images.shape[-1], generator, area=(0.2, 1.0))
        v = geometry.random_flip(v, generator)
        if strength > 0:
            v = color.random_color_jitter(
                v,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            v = color.random_gray(v, generator, p=0.2)
        views.append(v)
    return torch.cat(views)


# wrong: the hand-written mirror flips axis 1, the color channels (red and blue swapped), not the width
def two_views_v_flip_channels(images, generator, strength):
    def view():
        v = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        coin = torch.rand(len(v), generator=generator, device=generator.device) < 0.5
        v = torch.where(coin.to(v.device)[:, None, None, None], v.flip(1), v)
        if strength > 0:
            v = color.random_color_jitter(
                v,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            v = color.random_gray(v, generator)
        return v

    return torch.cat((view(), view()))


# wrong: the mirror is drawn once per picture, before the views, so both views are always mirrored together
def two_views_v_shared_flip(images, generator, strength):
    size = images.shape[-1]
    images = geometry.random_flip(images, generator)

    def view(x):
        x = geometry.random_resized_crop(x, size, generator, area=(0.2, 1.0))
        if strength > 0:
            x = color.random_color_jitter(
                x,
                generator,
                brightness=0.8 * strength,
                contrast=0.8 * strength,
                saturation=0.8 * strength,
                hue=0.2 * strength,
                p=0.8,
            )
            x = color.random_gray(x, generator)
        return x

    return torch.cat([view(images), view(images)])


# wrong: takes the root of 0.2 as if `area` were a side length, so crops show 45 to 100% of the picture
def two_views_v_area_as_side(images, generator, strength):
    smallest = math.sqrt(0.2)
    both = torch.cat([images, images])
    both = geometry.random_resized_crop(both, images.shape[-1], generator, area=(smallest, 1.0))
    both = geometry.random_flip(both, generator)
    if strength > 0:
        both = color.random_color_jitter(
            both,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2 * strength,
            p=0.8,
        )
        both = color.random_gray(both, generator, p=0.2)
    return both


# --------------------------------------------------------------------------------------------------
# two_views: right answers
# --------------------------------------------------------------------------------------------------


# right: the batch is doubled first, one pipeline over 2B pictures
def two_views_p_doubled(images, generator, strength):
    x = images.repeat(2, 1, 1, 1)
    x = geometry.random_resized_crop(x, images.shape[-1], generator, area=(0.2, 1.0))
    x = geometry.random_flip(x, generator, p=0.5)
    if strength == 0:
        return x
    big, small = 0.8 * strength, 0.2 * strength
    x = color.random_color_jitter(
        x, generator, brightness=big, contrast=big, saturation=big, hue=small, p=0.8
    )
    return color.random_gray(x, generator, p=0.2)


# right: picture by picture, with lists
def two_views_p_one_by_one(images, generator, strength):
    firsts, seconds = [], []
    for i in range(images.shape[0]):
        for views in (firsts, seconds):
            v = images[i : i + 1]
            v = geometry.random_resized_crop(v, images.shape[-1], generator, area=(0.2, 1.0))
            v = geometry.random_flip(v, generator)
            if strength > 0:
                v = color.random_color_jitter(
                    v,
                    generator,
                    brightness=0.8 * strength,
                    contrast=0.8 * strength,
                    saturation=0.8 * strength,
                    hue=0.2 * strength,
                    p=0.8,
                )
                v = color.random_gray(v, generator)
            views.append(v)
    return torch.cat(firsts + seconds)


# right: every chance is drawn by hand and chosen with torch.where
def two_views_p_own_coins(images, generator, strength):
    batch, size = len(images), images.shape[-1]

    def coin(p):
        hit = torch.rand(batch, generator=generator, device=generator.device) < p
        return hit.to(images.device).view(batch, 1, 1, 1)

    def view():
        v = geometry.random_resized_crop(images, size, generator, area=(0.2, 1.0))
        v = torch.where(coin(0.5), v.flip(-1), v)
        if strength == 0:
            return v
        changed = color.random_color_jitter(
            v,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2 * strength,
        )
        v = torch.where(coin(0.8), changed, v)
        return torch.where(coin(0.2), color.to_gray(v), v)

    return torch.stack([view(), view()]).flatten(0, 1)


# right: neighbors first (1, 1, 2, 2, ...), then put in the order asked for; a list of steps
def two_views_p_steps_reordered(images, generator, strength):
    steps = [
        lambda x: geometry.random_resized_crop(x, images.shape[-1], generator, area=(0.2, 1.0)),
        lambda x: geometry.random_flip(x, generator),
    ]
    if strength > 0:
        amounts = {name: 0.8 * strength for name in ("brightness", "contrast", "saturation")}
        amounts["hue"] = 0.2 * strength
        steps.append(lambda x: color.random_color_jitter(x, generator, p=0.8, **amounts))
        steps.append(lambda x: color.random_gray(x, generator))
    x = images.repeat_interleave(2, dim=0)
    for step in steps:
        x = step(x)
    return torch.cat([x[0::2], x[1::2]])


# right: mirror before the crop, results written into a prepared tensor
def two_views_p_prepared(images, generator, strength):
    batch, channels, height, width = images.shape
    out = images.new_empty((2 * batch, channels, height, width))
    for start in (0, batch):
        mirrored = geometry.random_flip(images, generator)
        cropped = geometry.random_resized_crop(mirrored, width, generator, area=(0.2, 1.0))
        if strength == 0:
            out[start : start + batch] = cropped
            continue
        colored = color.random_color_jitter(
            cropped,
            generator,
            brightness=0.8 * strength,
            contrast=0.8 * strength,
            saturation=0.8 * strength,
            hue=0.2 * strength,
            p=0.8,
        )
        out[start : start + batch] = color.random_gray(colored, generator, p=0.2)
    return out


# --------------------------------------------------------------------------------------------------
# nt_xent: wrong answers
# --------------------------------------------------------------------------------------------------


# wrong: partner of i taken as 2B - 1 - i (counted from the end) instead of i + B; the same only for B = 1
def nt_xent_v_partner_mirrored(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    logits = z @ z.T / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    partner = torch.arange(n, device=z.device).flip(0)
    return F.cross_entropy(logits, partner)


# wrong: after the diagonal is cut out, the partner's column is one too far right (B = 1 is still right)
def nt_xent_v_column_after_cut(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    logits = z @ z.T / temperature
    keep = ~torch.eye(n, dtype=torch.bool, device=z.device)
    logits = logits[keep].view(n, n - 1)
    partner = (torch.arange(n, device=z.device) + n // 2) % (n - 1)
    return F.cross_entropy(logits, partner)


# wrong: the view itself is "masked" with the smallest cosine, -1, and still counts exp(-1/tau) in the sum
def nt_xent_v_mask_minus_one(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    sim = z @ z.T
    sim = sim.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), -1.0)
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(sim / temperature, partner)


# wrong: the lengths are detached: the value is right, the gradient lacks the part through the normalization
def nt_xent_v_detached_length(z, temperature):
    n = z.shape[0]
    length = z.norm(dim=1, keepdim=True).detach().clamp_min(1e-12)
    unit = z / length
    logits = unit @ unit.T / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(logits, partner)


# wrong: the compared views are detached: the value is right, but gradients flow only through the anchor i
def nt_xent_v_detached_candidates(z, temperature):
    n = z.shape[0]
    anchors = F.normalize(z, dim=1)
    candidates = anchors.detach()
    logits = anchors @ candidates.T / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(logits, partner)


# wrong: the partner is put in column 0 and stays among the others too, so the sum counts it twice
def nt_xent_v_partner_twice(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    positive = (z * z.roll(n // 2, dims=0)).sum(dim=1, keepdim=True)
    sim = z @ z.T
    others = sim[~torch.eye(n, dtype=torch.bool, device=z.device)].view(n, n - 1)
    logits = torch.cat([positive, others], dim=1) / temperature
    return F.cross_entropy(logits, torch.zeros(n, dtype=torch.long, device=z.device))


# wrong: divides z by the temperature before it is normalized, so tau has no effect (right at tau = 1)
def nt_xent_v_temperature_first(z, temperature):
    n = z.shape[0]
    z = F.normalize(z / temperature, dim=1)
    logits = z @ z.T
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(logits, partner)


# wrong: minus log of the mean probability instead of the mean of minus log
def nt_xent_v_log_of_mean(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    logits = z @ z.T / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    probs = logits.softmax(dim=1)
    rows = torch.arange(n, device=z.device)
    found = probs[rows, (rows + n // 2) % n]
    return -found.mean().log()


# wrong: the sum is divided by the number of features D, not by the number of views (right only if D = 2B)
def nt_xent_v_divided_by_width(z, temperature):
    n, d = z.shape
    z = F.normalize(z, dim=1)
    logits = z @ z.T / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    partner = (torch.arange(n, device=z.device) + n // 2) % n
    return F.cross_entropy(logits, partner, reduction="sum") / d


# wrong: adds 1e-6 inside the logarithm: at small tau hard pairs stop at 13.8 with hardly any gradient
def nt_xent_v_small_number_in_log(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    logits = z @ z.T / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    probs = logits.softmax(dim=1)
    rows = torch.arange(n, device=z.device)
    found = probs[rows, (rows + n // 2) % n]
    return -torch.log(found + 1e-6).mean()


# --------------------------------------------------------------------------------------------------
# nt_xent: right answers
# --------------------------------------------------------------------------------------------------


# right: cross entropy over a masked matrix
def nt_xent_p_cross_entropy(z, temperature):
    n = z.shape[0]
    z = F.normalize(z, dim=1)
    logits = z @ z.T / temperature
    logits = logits.masked_fill(torch.eye(n, dtype=torch.bool, device=z.device), float("-inf"))
    partner = torch.arange(n, device=z.device).roll(n // 2)
    return F.cross_entropy(logits, partner)


# right: the diagonal is cut out and the partner's column counted in the shorter rows
def nt_xent_p_cut_diagonal(z, temperature):
    n = z.shape[0]
    b = n // 2
    sim = F.cosine_similarity(z[:, None, :], z[None, :, :], dim=2)
    keep = ~torch.eye(n, dtype=torch.bool, device=z.device)
    logits = sim[keep].reshape(n, n - 1) / temperature
    rows = torch.arange(n, device=z.device)
    partner = torch.where(rows < b, rows + b - 1, rows - b)
    log_probs = logits.log_softmax(dim=1)
    return -log_probs.gather(1, partner[:, None]).mean()


# right: log-sum-exp minus the partner's similarity
def nt_xent_p_logsumexp(z, temperature):
    unit = z / z.norm(dim=1, keepdim=True).clamp_min(1e-12)
    first, second = unit.chunk(2)
    positive = (first * second).sum(dim=1) / temperature
    logits = torch.einsum("id,kd->ik", unit, unit) / temperature
    itself = torch.eye(len(z), dtype=torch.bool, device=z.device)
    total = torch.logsumexp(logits.masked_fill(itself, float("-inf")), dim=1)
    return (total - torch.cat([positive, positive])).mean()


# right: the formula word by word, in plain loops
def nt_xent_p_loops(z, temperature):
    n = len(z)
    b = n // 2
    losses = []
    for i in range(n):
        j = i + b if i < b else i - b
        scores = {
            k: F.cosine_similarity(z[i], z[k], dim=0) / temperature for k in range(n) if k != i
        }
        losses.append(torch.logsumexp(torch.stack(list(scores.values())), dim=0) - scores[j])
    return torch.stack(losses).mean()


# right: in blocks, the other view's pictures first, so the partner of row i is column i
def nt_xent_p_blocks(z, temperature):
    b = z.shape[0] // 2
    first, second = F.normalize(z[:b], dim=-1), F.normalize(z[b:], dim=-1)
    same = torch.eye(b, dtype=torch.bool, device=z.device)
    target = torch.arange(b, device=z.device)

    def half(anchor, other):
        across = anchor @ other.T / temperature
        within = (anchor @ anchor.T / temperature).masked_fill(same, float("-inf"))
        return F.cross_entropy(torch.cat([across, within], dim=1), target)

    return 0.5 * (half(first, second) + half(second, first))


ANSWERS = [
    ("contrastive.two_views", "wrong", two_views_w_same_twice, "was used twice"),
    ("contrastive.two_views", "wrong", two_views_w_interleaved, "side by side"),
    ("contrastive.two_views", "wrong", two_views_w_default_area, "20% or more"),
    ("contrastive.two_views", "wrong", two_views_w_jitter_always, "Four in five"),
    ("contrastive.two_views", "wrong", two_views_w_hue_unscaled, "whatever the strength"),
    ("contrastive.two_views", "wrong", two_views_w_global_flip, "global generator"),
    ("contrastive.two_views", "wrong", two_views_w_second_untouched, "as they were"),
    ("contrastive.two_views", "wrong", two_views_w_shared_colors, "Colors were changed once"),
    ("contrastive.two_views", "wrong", two_views_w_coin_for_batch, "not as described"),
    ("contrastive.two_views", "wrong", two_views_w_jitter_or_gray, "two draws"),
    ("contrastive.two_views", "wrong", two_views_w_shuffled_partners, "out of order"),
    ("contrastive.two_views", "wrong", two_views_w_changes_input, "What was handed in was changed"),
    ("contrastive.two_views", "right", two_views_r_helper, ""),
    ("contrastive.two_views", "right", two_views_r_cat_first, ""),
    ("contrastive.two_views", "right", two_views_r_preallocated, ""),
    ("contrastive.two_views", "right", two_views_r_picture_loop, ""),
    ("contrastive.two_views", "right", two_views_r_reordered, ""),
    ("contrastive.two_views", "right", two_views_r_own_masks, ""),
    ("contrastive.nt_xent", "wrong", nt_xent_w_self_included, "candidate for itself"),
    ("contrastive.nt_xent", "wrong", nt_xent_w_dot_product, "Lengths are not made 1"),
    (
        "contrastive.nt_xent",
        "wrong",
        nt_xent_w_only_negatives_summed,
        "missing from the denominator",
    ),
    ("contrastive.nt_xent", "wrong", nt_xent_w_neighbors, "next to each other"),
    ("contrastive.nt_xent", "wrong", nt_xent_w_first_half, "Only first views"),
    ("contrastive.nt_xent", "wrong", nt_xent_w_times_temperature, "It divides"),
    ("contrastive.nt_xent", "wrong", nt_xent_w_columns_normalized, "each dimension"),
    ("contrastive.nt_xent", "wrong", nt_xent_w_zero_diagonal, "The diagonal is 0"),
    ("contrastive.nt_xent", "wrong", nt_xent_w_cross_only, "the other half"),
    ("contrastive.nt_xent", "wrong", nt_xent_w_sum_detached, "through the denominator"),
    ("contrastive.nt_xent", "wrong", nt_xent_w_double_softmax, "taken twice"),
    ("contrastive.nt_xent", "wrong", nt_xent_w_log_of_mean, "log of the mean"),
    ("contrastive.nt_xent", "right", nt_xent_r_cross_entropy, ""),
    ("contrastive.nt_xent", "right", nt_xent_r_loops, ""),
    ("contrastive.nt_xent", "right", nt_xent_r_einsum, ""),
    ("contrastive.nt_xent", "right", nt_xent_r_diagonals, ""),
    ("contrastive.nt_xent", "right", nt_xent_r_blocks, ""),
    ("contrastive.nt_xent", "right", nt_xent_r_cyclic, ""),
    (
        "contrastive.two_views",
        "wrong",
        two_views_v_gray_inside_jitter,
        "Only views with changed colors",
    ),
    (
        "contrastive.two_views",
        "wrong",
        two_views_v_gray_times_strength,
        "multiplied by the strength",
    ),
    ("contrastive.two_views", "wrong", two_views_v_split_jitter, "apart from the rest"),
    ("contrastive.two_views", "wrong", two_views_v_gray_quota, "Exactly one in five"),
    ("contrastive.two_views", "wrong", two_views_v_own_second_generator, "same in every call"),
    ("contrastive.two_views", "wrong", two_views_v_flip_in_place, "What was handed in was changed"),
    ("contrastive.two_views", "wrong", two_views_v_second_from_first, "made from the first one"),
    ("contrastive.two_views", "wrong", two_views_v_flip_channels, "color channels"),
    ("contrastive.two_views", "wrong", two_views_v_shared_flip, "mirrored together"),
    ("contrastive.two_views", "wrong", two_views_v_area_as_side, "without a root"),
    ("contrastive.two_views", "right", two_views_p_doubled, ""),
    ("contrastive.two_views", "right", two_views_p_one_by_one, ""),
    ("contrastive.two_views", "right", two_views_p_own_coins, ""),
    ("contrastive.two_views", "right", two_views_p_steps_reordered, ""),
    ("contrastive.two_views", "right", two_views_p_prepared, ""),
    ("contrastive.nt_xent", "wrong", nt_xent_v_partner_mirrored, "counted from the end"),
    ("contrastive.nt_xent", "wrong", nt_xent_v_column_after_cut, "move by one"),
    ("contrastive.nt_xent", "wrong", nt_xent_v_mask_minus_one, "The diagonal is −1"),
    ("contrastive.nt_xent", "wrong", nt_xent_v_detached_length, "through the lengths"),
    ("contrastive.nt_xent", "wrong", nt_xent_v_detached_candidates, "compared with"),
    ("contrastive.nt_xent", "wrong", nt_xent_v_partner_twice, "denominator twice"),
    ("contrastive.nt_xent", "wrong", nt_xent_v_temperature_first, "not used"),
    ("contrastive.nt_xent", "wrong", nt_xent_v_log_of_mean, "log of the mean"),
    ("contrastive.nt_xent", "wrong", nt_xent_v_divided_by_width, "number of dimensions"),
    ("contrastive.nt_xent", "wrong", nt_xent_v_small_number_in_log, "small number inside"),
    ("contrastive.nt_xent", "right", nt_xent_p_cross_entropy, ""),
    ("contrastive.nt_xent", "right", nt_xent_p_cut_diagonal, ""),
    ("contrastive.nt_xent", "right", nt_xent_p_logsumexp, ""),
    ("contrastive.nt_xent", "right", nt_xent_p_loops, ""),
    ("contrastive.nt_xent", "right", nt_xent_p_blocks, ""),
]
