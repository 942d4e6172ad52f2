#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
# Makes and imports the demonstration lesson once, then serves it to the local network and prints what to
# open. Called by `./dev run` when everything is built; stays in the foreground until interrupted.
set -euo pipefail
cd "$(dirname "$0")/.."

port=8080
case "${1:-}" in
'') ;;
--port)
    [[ "${2:-}" =~ ^[1-9][0-9]{0,4}$ ]] || { echo "usage: ./dev run [--port N]" >&2; exit 64; }
    port=$2
    ;;
*)
    echo "usage: ./dev run [--port N]" >&2
    exit 64
    ;;
esac

made=build/demo
known=$made/lesson-id
id=$(cat "$known" 2>/dev/null || true)
if [ -z "$id" ] || [ ! -f "data/lessons/$id/lesson.json" ]; then
    echo "==> making the demonstration lesson (slides and Thai speech)"
    file=$(tools/demo/make.py "$made")
    echo "==> importing it: every rung is encoded once, which takes a minute or two"
    id=$(build/daorian import --wait --data data "$file" </dev/null | tail -n 1)
    echo "$id" >"$known.part"
    mv "$known.part" "$known"
fi

address=$(hostname -I 2>/dev/null | awk '{ print $1 }')
echo
echo "  The demonstration lesson:  http://${address:-127.0.0.1}:$port/watch/$id"
echo "  The same without script:   http://${address:-127.0.0.1}:$port/lite/$id"
if [ -f data/tls/server.pem ]; then
    echo "  To keep lessons offline:   http://${address:-127.0.0.1}:$port/trust (once on each device)"
else
    echo "  To keep lessons offline, phones need HTTPS: stop this, run build/daorian tls --data data, start again."
fi
echo "  Ctrl-C stops the server. It says below where the front page is, and how to make an administrator."
echo
exec build/daorian serve --data data --listen "0.0.0.0:$port"
