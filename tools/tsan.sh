#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
# Runs the tests of threads (catalogue, receiving, delivery, flows) under ThreadSanitizer. The locks of GLib are
# seen only when GLib itself is built with it, so the system's own version is built from Debian's source first.
# Called by `./dev test --threads`; everything stays in build-tsan.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$PWD/build-tsan
glib=$build/glib
tests='^(catalog-|server-flows-(encode|publish|receive|tidy)|server-flows-(live|rules|rules-again|window)$|server-(events|hasher)|server-http-|server-upload-parts)'

# The source of the installed version, from where this machine's packages come; no rights are needed.
fetch_glib() {
    local lists=$glib/apt
    mkdir -p "$lists/lists/partial" "$lists/cache"
    cat /etc/apt/sources.list /etc/apt/sources.list.d/debian*.sources 2>/dev/null |
        sed -e 's/^deb /deb-src /' -e 's/^Types: deb$/Types: deb-src/' >"$lists/all"
    grep -q '^Types:' "$lists/all" && mv "$lists/all" "$lists/list.sources" || mv "$lists/all" "$lists/list.list"
    local options=(-o "Dir::State::lists=$lists/lists" -o "Dir::Cache=$lists/cache" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::Etc::sourcelist=$(ls "$lists"/list.*)" -o APT::Sandbox::User= -o Debug::NoLocking=1)
    apt-get -q "${options[@]}" update
    (cd "$glib" && apt-get -q "${options[@]}" source --download-only "glib2.0=$(dpkg-query -W -f '${source:Version}' libglib2.0-0)")
    mkdir -p "$glib/source"
    tar -xf "$glib"/glib2.0_*.orig.tar.xz -C "$glib/source" --strip-components=1
}

build_glib() {
    [ -e "$glib/done" ] && return
    rm -rf "$glib"
    mkdir -p "$glib"
    fetch_glib
    meson setup "$glib/build" "$glib/source" -Db_sanitize=thread -Db_lundef=false --buildtype=debugoptimized -Dtests=false \
        -Dnls=disabled -Dselinux=disabled -Dxattr=false -Dlibmount=disabled --prefix="$glib/installed" --libdir=lib
    ninja -C "$glib/build" install
    touch "$glib/done"
}

build_glib
[ -f "$build/project/build.ninja" ] || meson setup "$build/project" -Db_sanitize=thread -Db_lundef=false
ninja -C "$build/project"
export LD_LIBRARY_PATH=$glib/installed/lib G_SLICE=always-malloc
GIO_MODULE_DIR=$(pkg-config --variable=giomoduledir gio-2.0)
export GIO_MODULE_DIR TSAN_OPTIONS="suppressions='$PWD/tests/tsan.supp'"
cd "$build/project"
mapfile -t chosen < <(meson test --list 2>/dev/null | sed 's/.* \/ //' | grep -E "$tests")
exec meson test --no-rebuild --num-processes 2 --timeout-multiplier 10 --print-errorlogs "${chosen[@]}" </dev/null
