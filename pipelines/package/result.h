// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a finished rung is: a plain value with the fields of the child's `rung` line.
#pragma once

#include <glib.h>

/** What finish made; the fields of the child's `rung` line. */
typedef struct {
    char *file;                    // (owned) name in the staging folder
    char *index;                   // (owned) name in the staging folder
    char *sha256;                  // (owned) 64 lower-case hex digits
    char *codecs;                  // (owned)
    guint64 bytes;                 // (value)
    guint64 duration_ms;           // (value)
    guint64 bandwidth_bps;         // (value)
    guint64 average_bandwidth_bps; // (value)
} PackageResult;

void package_result_free(PackageResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageResult, package_result_free)
