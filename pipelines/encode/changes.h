// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What of one canvas differs from the one before, in bands of rows. On a slide little does; what
// stays need not be scaled again.
#pragma once

#include <glib.h>

struct AVFrame;
typedef struct _EncodeChanges EncodeChanges;

EncodeChanges *encode_changes_new(void);
void encode_changes_free(EncodeChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeChanges, encode_changes_free)

/** Both are 4:2:0 of one size, but for @before at first: a blank frame, from which all differs. */
void encode_changes_add(EncodeChanges *changes, const struct AVFrame *before,
                        const struct AVFrame *after);

/** Returns: how many canvases were added. */
guint64 encode_changes_get_count(const EncodeChanges *changes);

/**
 * encode_changes_find:
 * @since: a count; what changed later is found
 * @top: (inout): rows of luma; the search begins here
 * @bottom: (out): the row after the last one
 *
 * Returns: FALSE when nothing from @top on changed.
 */
gboolean encode_changes_find(const EncodeChanges *changes, guint64 since, int *top, int *bottom);
