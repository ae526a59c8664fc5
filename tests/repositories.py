"""Git, for tests that need a repository in the place of GitHub."""

import subprocess


def git(*arguments, cwd):
    """Run git, as some author; return what it prints."""
    author = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    done = subprocess.run(
        ["git", *author, *arguments], cwd=cwd, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
