import pytest
import torch

from course_utils import runtime
from course_utils.pretext import quadrant
from tests.oracles import assert_bilingual


def test_each_label_hides_its_quarter():
    images = 1 + torch.arange(60 * 3 * 4 * 4).view(60, 3, 4, 4) % 200
    for pictures in (images.to(torch.uint8), images.float()):
        before = pictures.clone()
        hidden, labels = quadrant.hide_quadrant(pictures, runtime.generator(0))
        assert torch.equal(pictures, before)
        assert hidden.dtype == pictures.dtype
        assert set(labels.tolist()) == {0, 1, 2, 3}
        for picture, result, label in zip(pictures, hidden, labels.tolist(), strict=True):
            expected = picture.clone()
            top, left = {0: (0, 0), 1: (0, 2), 2: (2, 0), 3: (2, 2)}[label]
            for row in range(top, top + 2):
                for column in range(left, left + 2):
                    expected[:, row, column] = 0
            assert torch.equal(result, expected)


def test_labels_drawn_on_the_generators_device_move_to_that_of_the_images():
    images = torch.zeros(4, 3, 6, 6, device="meta")  # a device without numbers
    for found in quadrant.hide_quadrant(images, runtime.generator(0)):
        assert found.device.type == "meta"


def test_an_odd_side_cannot_be_halved():
    with pytest.raises(ValueError, match="5 px") as error:
        quadrant.hide_quadrant(torch.zeros(1, 3, 5, 5), runtime.generator(0))
    assert_bilingual(str(error.value))
