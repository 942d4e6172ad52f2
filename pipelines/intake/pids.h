// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sets of PIDs, and how SAT>IP writes them (SAT>IP 1.2.2 §3.5.10: pids, addpids, delpids). Pure.
#pragma once

#include <glib.h>

#define INTAKE_PIDS_COUNT 8192

typedef struct {
    guint64 words[INTAKE_PIDS_COUNT / 64]; // (value) a bit each
    gboolean all;                          // (value) whatever the bits say
} IntakePids;

void intake_pids_add(IntakePids *pids, guint16 pid);
gboolean intake_pids_has(const IntakePids *pids, guint16 pid);
gboolean intake_pids_is_empty(const IntakePids *pids);
gboolean intake_pids_equal(const IntakePids *one, const IntakePids *other);

/** Adds all of @more to @pids. */
void intake_pids_unite(IntakePids *pids, const IntakePids *more);

/** Adds those of @text: `all`, `none` or `0,17,18`. Returns: whether it was one of these; @pids may
 * have changed if not. */
gboolean intake_pids_parse(IntakePids *pids, const char *text);

/** Returns: (transfer full): `all`, `none` or `0,17,18`. */
char *intake_pids_render(const IntakePids *pids);

/** Returns: (transfer full) (nullable): what a PLAY asks for to get from @from to @to:
 * `addpids=…&delpids=…`, or `pids=…` where one of them is all; NULL when they are the same. */
char *intake_pids_render_change(const IntakePids *from, const IntakePids *to);
