"""A file that a reader chooses, as the ipywidgets that is installed hands it on."""

import datetime

import ipywidgets


def choose(upload, content, name="mine.png"):
    """Set what a ``FileUpload`` holds to one file of these bytes."""
    if int(ipywidgets.__version__.split(".")[0]) < 8:
        file = {"metadata": {"name": name, "type": "", "size": len(content)}, "content": content}
        upload.set_trait("value", {name: file})
    else:
        when = datetime.datetime(2026, 11, 27, tzinfo=datetime.UTC)
        file = {"name": name, "type": "", "size": len(content), "last_modified": when}
        upload.value = ({**file, "content": memoryview(content)},)
