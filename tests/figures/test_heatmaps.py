import numpy as np

from tests.figures.examples import drawn


def test_confusion_shows_shares_of_rows():
    image = drawn("confusion").drawing("en").axes[0].images[0].get_array()
    np.testing.assert_allclose(np.asarray(image), [[0.9, 0.1], [0.2, 0.8]], rtol=1e-6)


def test_heat_writes_every_number_and_its_spread():
    (axes,) = drawn("heat").drawing("en").axes
    words = [text.get_text() for text in axes.texts]
    assert {"0.20", "-0.10", "0.90", "0.50", "± 0.01"} == set(words)
    shades = axes.images[0].get_array()
    assert shades.tolist() == [[0.2, 0.0], [0.9, 0.5]]
