// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which files an import is about: those named, and those found in folders, each with what is known
// about it from its name or from a sidecar. Reads folders and sidecars; changes nothing.
#pragma once

#include "server/flows/receive_metadata.h"

#define FLOWS_IMPORT_SCAN_DEPTH 32
#define FLOWS_IMPORT_SCAN_FILES 100000
#define FLOWS_IMPORT_SCAN_SIDECAR_BYTES (64 * 1024)

typedef struct {
    char *path;                     // (owned): to be read
    FlowsReceiveMetadata *metadata; // (owned) (nullable): checked; NULL when it cannot be imported
    const char *problem; // (nullable): a code when it cannot: missing, unreadable, sidecar
} FlowsImportScanItem;

/**
 * flows_import_scan_find:
 * @paths: files and folders, NULL-terminated
 *
 * A named file is always an item. In a folder (searched to FLOWS_IMPORT_SCAN_DEPTH, links not
 * followed, in the order of names) hidden files and companions of media (pictures, subtitles,
 * texts, sidecars) are not. A sidecar is `<name>.json` or the name with its ending replaced by
 * `.json`: an object with any of `title`, `description`, `language`. Blocks.
 *
 * Returns: (transfer full) (element-type FlowsImportScanItem): what to import, and what cannot be.
 */
GPtrArray *flows_import_scan_find(const char *const *paths);
