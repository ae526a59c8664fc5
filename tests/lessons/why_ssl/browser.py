"""What a test in a real browser types into an exercise of this lesson."""

CELL = "training-loop"
LINE = "    # return losses"  # what is replaced
WRONG = """\
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses"""
WORD = "never cleared"  # what its diagnosis holds in English
RIGHT = """\
        value = loss(model(inputs), targets)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses"""
