"""Fresh student answers for the rotation loss exercise: 8 wrong, 4 right."""
# ruff: noqa
import torch
import torch.nn as nn
import torch.nn.functional as F


def rotation_loss_w1_double_softmax(logits, labels):
    probs = F.softmax(logits, dim=1)
    return F.cross_entropy(probs, labels)


def rotation_loss_w2_mean_over_all_entries(logits, labels):
    target = F.one_hot(labels, num_classes=4).to(logits.dtype)
    logp = torch.log_softmax(logits, dim=1)
    return -(target * logp).mean()


def rotation_loss_w3_every_row_every_label(logits, labels):
    logp = F.log_softmax(logits, dim=-1)
    return -logp[:, labels].mean()


def rotation_loss_w4_softmax_over_batch(logits, labels):
    logp = F.log_softmax(logits, dim=0)
    return -logp.gather(1, labels.unsqueeze(1)).mean()


def rotation_loss_w5_log_of_mean(logits, labels):
    probs = logits.softmax(dim=1)
    picked = probs[torch.arange(len(labels), device=logits.device), labels]
    return -torch.log(picked.mean())


def rotation_loss_w6_sigmoid_bce(logits, labels):
    target = F.one_hot(labels, 4).float()
    return nn.BCEWithLogitsLoss()(logits, target.to(logits.dtype))


def rotation_loss_w7_nll_without_log(logits, labels):
    return F.nll_loss(F.softmax(logits, dim=1), labels)


def rotation_loss_w8_item_cuts_graph(logits, labels):
    logp = F.log_softmax(logits, dim=1)
    total = 0.0
    for i in range(logits.shape[0]):
        total -= logp[i, labels[i]].item()
    return torch.tensor(total / logits.shape[0], requires_grad=True)


def rotation_loss_r1_cross_entropy(logits, labels):
    return F.cross_entropy(logits, labels)


def rotation_loss_r2_loop_over_angles(logits, labels):
    log_z = torch.logsumexp(logits, dim=1)
    total = logits.new_zeros(())
    for y in range(4):
        turned = labels == y
        total = total + (logits[turned, y] - log_z[turned]).sum()
    return -total / logits.shape[0]


def rotation_loss_r3_one_hot_by_hand(logits, labels):
    shifted = logits - logits.max(dim=1, keepdim=True).values.detach()
    logp = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    target = torch.eye(4, dtype=logits.dtype, device=logits.device)[labels]
    n = logits.shape[0] / 4
    return -torch.einsum("bk,bk->", target, logp) / 4 / n


def rotation_loss_r4_categorical(logits, labels):
    dist = torch.distributions.Categorical(logits=logits)
    return dist.log_prob(labels).neg().mean()


NEW = [
    ("rotation.rotation_loss", "wrong", rotation_loss_w1_double_softmax,
     "Applies softmax to the logits and then cross_entropy, which applies log-softmax a second time."),
    ("rotation.rotation_loss", "wrong", rotation_loss_w2_mean_over_all_entries,
     "Takes the mean over all B*4 entries of one-hot times log-probability, so the loss is four times too small."),
    ("rotation.rotation_loss", "wrong", rotation_loss_w3_every_row_every_label,
     "Indexes logp[:, labels], which pairs every row with every label (B x B) instead of each row with its own label."),
    ("rotation.rotation_loss", "wrong", rotation_loss_w4_softmax_over_batch,
     "Normalises with the softmax over the batch dimension (dim=0) instead of over the four angles."),
    ("rotation.rotation_loss", "wrong", rotation_loss_w5_log_of_mean,
     "Takes the log of the mean probability instead of the mean of the log-probabilities."),
    ("rotation.rotation_loss", "wrong", rotation_loss_w6_sigmoid_bce,
     "Uses four independent sigmoids with binary cross-entropy on one-hot targets instead of a softmax over the four angles."),
    ("rotation.rotation_loss", "wrong", rotation_loss_w7_nll_without_log,
     "Gives softmax probabilities to nll_loss without the log, so the loss is minus the mean probability."),
    ("rotation.rotation_loss", "wrong", rotation_loss_w8_item_cuts_graph,
     "Adds up .item() values and wraps the number in a new tensor, so the value is right but no gradient reaches the logits."),
    ("rotation.rotation_loss", "right", rotation_loss_r1_cross_entropy, ""),
    ("rotation.rotation_loss", "right", rotation_loss_r2_loop_over_angles, ""),
    ("rotation.rotation_loss", "right", rotation_loss_r3_one_hot_by_hand, ""),
    ("rotation.rotation_loss", "right", rotation_loss_r4_categorical, ""),
]
