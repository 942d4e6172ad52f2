// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A small disk that can really be full: a tmpfs that this program alone sees, in a user namespace
// of its own. Needs no rights; whatever is not to be had ends the test.
#pragma once

#include <glib.h>

/** Before the program has threads: it gets a view of file systems of its own. */
void disk_enter(void);

/** After disk_enter(), at any time. @folder: there, empty. @options: of the mount, as `size=24m`.
 */
void disk_mount_on(const char *folder, const char *options);

/** Both, in a new folder. @options: of the mount, as `size=24m`. Returns: (transfer full):
 * a folder that is the disk. */
char *disk_mount_small(const char *options);

/** Takes all there is. Returns: (transfer full): the file that has it. */
char *disk_fill(const char *folder);

/** Frees @folder, which goes with all that is in it. */
void disk_unmount(char *folder);
