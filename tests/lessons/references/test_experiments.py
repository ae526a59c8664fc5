from course_utils.lessons import recipes
from course_utils.lessons.distortion import experiments as distortion
from course_utils.lessons.references import experiments
from course_utils.lessons.rotation import experiments as rotation


def test_pixels_are_read_as_they_are(noise, monkeypatch):
    train, test = noise(), noise(10, seed=1)
    read = []
    monkeypatch.setattr(experiments, "world", lambda data: (train, test))
    monkeypatch.setattr(experiments.ruler, "read", lambda *what: read.append(what) or {})
    monkeypatch.setattr(experiments.ruler, "factor_row", lambda what: read.append(what) or {})
    experiments.probe_of_pixels(data="toyworld")
    experiments.factors_of_pixels()
    assert read == [(None, train, test), None]


def test_floor_and_ceiling_have_five_seeds_on_both_worlds():
    found = {}
    for e in experiments.EXPERIMENTS:
        if e.recipe is not None:
            assert e.seeds == (0, 1, 2, 3, 4)
            found[e.recipe.name, e.name] = {s["data"] for s in e.settings}
    both = {"cifar10", "toyworld"}
    assert found == {
        (recipe, name): both if name != "factors" else {"toyworld"}
        for recipe in (recipes.FLOOR.name, recipes.SUPERVISED.name)
        for name in ("probe", "transfer", "factors")
    }


def test_supervised_sees_as_much_as_the_longest_headline_beside_it():
    for data, examples in experiments.EXAMPLES.items():
        headlines = [*rotation.HEADLINE, *distortion.HEADLINE]
        assert examples == max(s["examples"] for s in headlines if s["data"] == data)
