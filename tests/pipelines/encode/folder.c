// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two levels are enough: a source, and a staging folder with files.
#include "tests/pipelines/encode/folder.h"

#include <glib/gstdio.h>

Folder *
folder_new(void)
{
    Folder *folder = g_new0(Folder, 1);
    g_autoptr(GError) error = NULL;
    folder->path = g_dir_make_tmp("daorian-media-XXXXXX", &error);
    g_assert_no_error(error);
    return folder;
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        if (g_remove(below) != 0)
            remove_tree(below);
    }
    g_remove(path);
}

void
folder_free(Folder *folder)
{
    remove_tree(folder->path);
    g_free(folder->path);
    g_free(folder);
}
