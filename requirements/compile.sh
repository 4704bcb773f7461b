#!/bin/sh
# Locks every extra of pyproject.toml with hashes, for every Python we support. Run it after a change there.
set -eu
cd "$(dirname "$0")/.."
for extra in gateway tagger embedder "search cli" modelfiles run dev; do
    # The image of search brings the command along.
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-emit-package imgcap --custom-compile-command "sh requirements/compile.sh" \
        $(printf -- '--extra %s ' $extra) "$@" pyproject.toml --output-file "requirements/${extra%% *}.txt"
done
