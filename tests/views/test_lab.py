import torch
from skimage import color

from course_utils.views import lab

LEVELS = torch.linspace(0, 1, 18)
# Every combination of 18 levels of red, green and blue, the darkest and the brightest among them.
ALL = torch.cartesian_prod(LEVELS, LEVELS, LEVELS).T.reshape(1, 3, 54, 108)


def by_scikit_image(convert, images):
    rows = images.permute(0, 2, 3, 1).double().numpy()  # (B, H, W, 3)
    return torch.from_numpy(convert(rows)).permute(0, 3, 1, 2).float()


def test_lab_is_that_of_another_library():
    torch.testing.assert_close(lab.rgb_to_lab(ALL), by_scikit_image(color.rgb2lab, ALL), atol=1e-3, rtol=0)  # fmt: skip


def test_the_way_back_is_that_of_another_library():
    """Also for colours outside sRGB; what has a negative Z is no colour, and treated otherwise there."""
    drawn = torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    some = torch.cat([100 * drawn[:, :1], 120 * drawn[:, 1:] - 60], 1)
    some[:, 2] = some[:, 2].minimum(199 * (some[:, 0] + 16) / 116)
    wanted = by_scikit_image(color.lab2rgb, some)
    torch.testing.assert_close(lab.lab_to_rgb(some), wanted, atol=1e-3, rtol=0)


def test_there_and_back_is_where_one_was():
    torch.testing.assert_close(lab.lab_to_rgb(lab.rgb_to_lab(ALL)), ALL, atol=2e-5, rtol=0)


def test_gray_has_no_color_and_lightness_alone_is_gray():
    gray = LEVELS.view(-1, 1, 1, 1).expand(-1, 3, 2, 2)
    seen = lab.rgb_to_lab(gray)
    assert seen[:, 1:].abs().max() < 2e-2  # the white point has five digits
    assert seen[0, 0].abs().max() < 1e-4 and seen[-1, 0].sub(100).abs().max() < 1e-3
    again = lab.lab_to_rgb(torch.cat([seen[:, :1], torch.zeros_like(seen[:, 1:])], 1))
    torch.testing.assert_close(again, gray, atol=1e-3, rtol=0)


def test_the_axes_point_where_they_should():
    red, green, blue, yellow = (
        lab.rgb_to_lab(torch.tensor(rgb).view(1, 3, 1, 1)).flatten()
        for rgb in ([1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [1.0, 1, 0])
    )
    assert red[1] > 50 and green[1] < -50 and blue[2] < -50 and yellow[2] > 50


def test_gradients_are_finite_everywhere():
    """The branches of black must not give NaN through the other one."""
    edge = torch.tensor([0.0, 0.04045, 1.0]).view(1, 3, 1, 1).expand(2, 3, 2, 2).clone()
    edge.requires_grad_()
    lab.rgb_to_lab(edge).sum().backward()
    assert edge.grad.isfinite().all()
