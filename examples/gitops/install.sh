#!/bin/sh
# Install what the program and the policy pack need: each package by its hash, and only what is locked here.
set -eu
for folder in . policy; do
  python3 -I -m venv "$folder/venv"
  install() { "$folder/venv/bin/python" -I -m pip install --quiet --disable-pip-version-check "$@"; }
  install --require-hashes -r "$folder/requirements.txt"
  install --no-deps -r requirements-provider.txt
done
