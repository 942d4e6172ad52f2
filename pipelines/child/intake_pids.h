// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The array of a `pids` line of an intake child: what each packet identifier did since the line
// before. Read as foreign bytes. Pure; used by intake_report.c.
#pragma once

#include "pipelines/child/intake_facts.h"

/** @pids: (nullable) (element-type ChildIntakePid). Returns: (transfer full): the busiest
 * CHILD_INTAKE_FACTS_PIDS_MAX of them at most, by number. */
JsonArray *child_intake_pids_build(GArray *pids);

/** Returns: (transfer full) (nullable) (element-type ChildIntakePid): the array @name of @object;
 * NULL when it is not as build() writes it. */
GArray *child_intake_pids_read(JsonObject *object, const char *name);
