// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A temporary folder that goes with its contents when the test ends.
#pragma once

#include <glib.h>

typedef struct {
    char *path; // (owned)
} Folder;

Folder *folder_new(void);
void folder_free(Folder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Folder, folder_free)
