"""The course's command line: ``python -m course_utils doctor``, ``progress`` and so on."""

import argparse
import os
import sys
from pathlib import Path

from course_utils.lang import both, say


def _path(text: str) -> Path:
    """A path as it is typed; ``~`` is the home folder also after ``=``."""
    return Path(text).expanduser()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m course_utils", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    lab = commands.add_parser("lab", help="open the lessons in JupyterLab")
    lab.add_argument(
        "--folder", type=_path, default=Path("notebooks"), help="where the lessons lie"
    )
    commands.add_parser("doctor", help="versions, device, data at hand, a speed estimate")
    done = commands.add_parser("progress", help="which exercises are solved")
    done.add_argument(
        "--folder", type=_path, default=Path("notebooks"), help="where the notebooks lie"
    )
    execute = commands.add_parser("execute", help="run lessons from a clean kernel and stamp them")
    execute.add_argument("notebooks", nargs="+", type=_path)
    record = commands.add_parser(
        "record", help="run a topic's experiments that are missing or stale"
    )
    record.add_argument("topic")
    record.add_argument(
        "--verify", action="store_true", help="stamp rows whose figures the changed code repeats"
    )
    record.add_argument(
        "--share", type=float, default=1.0, help="with --verify: the share of each schedule to run"
    )
    record.add_argument("--print-rows", nargs="+", metavar="KEY", help=argparse.SUPPRESS)
    ship = commands.add_parser("ship", help="train an encoder that comes with the package")
    ship.add_argument("topic", help="whose recipe: a topic with SHIPPED in its experiments.py")
    ship.add_argument(
        "--run",
        type=_path,
        help="folder of the training, which goes on there if it was stopped (default: a new one)",
    )
    _add_long_trainings(commands)
    commands.add_parser("images", help="redraw the README's pictures")
    editions = commands.add_parser("editions", help="write every lesson in one language")
    editions.add_argument(
        "--folder", type=_path, default=Path("notebooks"), help="where the lessons lie"
    )
    editions.add_argument(
        "--to", type=_path, default=Path("editions"), help="folder to write to (default: editions)"
    )
    commands.add_parser("lists", help="write README's and TEACHING's lists of the lessons")
    badges = commands.add_parser("badges", help="write badges and first cells for an address")
    badges.add_argument(
        "--repo", metavar="OWNER/NAME", help="on GitHub (default: the one that is set)"
    )
    data = commands.add_parser("data", help="prepare pictures for the course")
    actions = data.add_subparsers(dest="action", required=True)
    prepare = actions.add_parser("prepare", help="make one fast file from class subfolders")
    prepare.add_argument(
        "--from", dest="source", type=_path, required=True, metavar="FOLDER_OR_ZIP"
    )
    prepare.add_argument("--name", help="name to load it by (default: the source's name)")
    prepare.add_argument("--size", type=int, default=32, help="side in pixels (default 32)")
    prepare.add_argument("--to", type=_path, help="folder to write to (default: the cache)")
    prepare.add_argument("--provenance", help="one sentence: where the pictures come from")
    return parser


def _add_long_trainings(commands: argparse._SubParsersAction) -> None:
    pretrain = commands.add_parser("pretrain", help="train an encoder by any method, for long")
    pretrain.add_argument("method", help="rotation, contrastive and so on; a wrong name lists all")
    pretrain.add_argument("--data", default="auto", help="as SSL_COURSE_DATASET; default: auto")
    pretrain.add_argument("--encoder", choices=("small", "resnet18"), default="small")
    pretrain.add_argument(
        "--examples", default="1M", help="how many inputs: 250k, 20M (default 1M)"
    )
    pretrain.add_argument("--seed", type=int, default=0)
    pretrain.add_argument(
        "--to", type=_path, required=True, metavar="RUN", help="folder of the run"
    )
    pretrain.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    probe = commands.add_parser("probe", help="read what the encoder of a run knows")
    probe.add_argument(
        "run", type=_path, metavar="RUN", help="the folder given to pretrain as --to"
    )


def _prepare(arguments: argparse.Namespace) -> None:
    from course_utils.data import prepared

    name = arguments.name or arguments.source.stem
    path = prepared.prepare(
        arguments.source,
        name=name,
        size=arguments.size,
        provenance=arguments.provenance,
        folder=arguments.to,
    )
    say(
        ko=f"{path}에 저장했습니다. 쓰려면 SSL_COURSE_DATASET={name}, 이렇게 정하세요. "
        "공유 폴더에 두었다면 SSL_COURSE_DATA에 그 폴더를 적으세요.",
        en=f"Wrote {path}. Use it with SSL_COURSE_DATASET={name}; "
        "if it lies on a shared drive, set SSL_COURSE_DATA to that folder.",
    )


def _progress(folder: Path) -> None:
    from course_utils.exercises import progress
    from course_utils.exercises.checking import of_lessons

    if not folder.is_dir():
        raise FileNotFoundError(
            both(
                ko=f"{folder} 폴더가 없습니다. 노트북이 있는 폴더를 --folder로 정하세요.",
                en=f"There is no folder {folder}. Give that of the notebooks as --folder.",
            )
        )
    say(**progress.overview(of_lessons(), folder))


def _execute(arguments: argparse.Namespace) -> None:
    from course_utils.workshop import images, notebooks

    for path in arguments.notebooks:
        stamp = notebooks.execute(path)
        print(f"{path}: {stamp['seconds']} s, {stamp['data']} ({stamp['provenance']})")
        if path.resolve() == images.LESSON.resolve():
            print(images.write_moving())  # the README shows the lesson as it is


def _record(arguments: argparse.Namespace) -> int:
    from course_utils.records import run, verify

    if arguments.print_rows:
        verify.print_rows(arguments.topic, arguments.print_rows, arguments.share)
    elif arguments.verify:
        return 0 if verify.verify(arguments.topic, arguments.share) else 1
    else:
        run.record(arguments.topic)
    return 0


def _pretrain(arguments: argparse.Namespace) -> int:
    from course_utils.runs.methods import method_called
    from course_utils.runs.pretrain import count, pretrain_run

    recipe = method_called(arguments.method)
    settings = {name: getattr(arguments, name) for name in ("data", "encoder")}
    settings["examples"] = count(arguments.examples)
    finished = pretrain_run(
        recipe, settings, arguments.to, seed=arguments.seed, resume=arguments.resume
    )
    if finished:
        say(
            ko=f"인코더를 {arguments.to}에 저장했습니다. 무엇을 아는지는 "
            f"python -m course_utils probe {arguments.to}로 읽고, 강의에서는 "
            f'encoder_of_run("{arguments.to}")로 불러옵니다.',
            en=f"The encoder lies in {arguments.to}. Read what it knows with "
            f"python -m course_utils probe {arguments.to}; in a lesson, "
            f'encoder_of_run("{arguments.to}") loads it.',
        )
    return 0 if finished else 1


def _told(error: Exception) -> str:
    """The error's own message; what the system says in its language alone, with ours around it."""
    if isinstance(error, OSError) and error.errno is not None:
        return both(
            ko=f"파일이나 폴더를 읽거나 쓰지 못했습니다. 경로와 권한을 확인하세요. {error}",
            en="A file or folder could not be read or written. Check the path and the rights. "
            f"{error}",
        )
    return str(error)


def main(argv: list[str] | None = None) -> int:
    """Run a command; return the exit status. Wrong input is told in two lines, not a traceback."""
    arguments = _parser().parse_args(argv)
    for output in (sys.stdout, sys.stderr):  # a terminal that has no ✔ shows another mark
        if hasattr(output, "reconfigure"):
            output.reconfigure(errors="replace")
    try:
        if arguments.command == "lab":
            from course_utils.workshop import start

            return start.lab(arguments.folder)
        elif arguments.command == "doctor":
            from course_utils.workshop.doctor import doctor

            doctor()
        elif arguments.command == "progress":
            _progress(arguments.folder)
        elif arguments.command == "execute":
            _execute(arguments)
        elif arguments.command == "record":
            return _record(arguments)
        elif arguments.command == "ship":
            from course_utils.records.ship import ship

            return 0 if ship(arguments.topic, arguments.run) else 1
        elif arguments.command == "pretrain":
            return _pretrain(arguments)
        elif arguments.command == "probe":
            from course_utils.runs.probe import probe_run

            probe_run(arguments.run)
        elif arguments.command == "images":
            from course_utils.workshop import images

            print(*images.write_images(), sep="\n")
        elif arguments.command == "editions":
            from course_utils.workshop import editions

            print(*editions.write_editions(arguments.folder, arguments.to), sep="\n")
        elif arguments.command == "lists":
            from course_utils.workshop import lists

            print(*lists.write_lists(Path(".")), sep="\n")
        elif arguments.command == "badges":
            from course_utils.workshop import badges

            print(*badges.write_badges(Path("."), arguments.repo), sep="\n")
        else:
            _prepare(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read, as head does, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ArithmeticError, OSError, ValueError) as error:  # diverged: ArithmeticError
        print(_told(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
