from course_utils.__main__ import main


def test_execute_missing_file_is_two_lines_not_a_traceback(tmp_path, capsys):
    assert main(["execute", str(tmp_path / "none.ipynb")]) == 1
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 2
