// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The journal of a rung that is being written: which bytes of <rung>.part are durable segments. One
// text line a segment, each with its own check sum, so that a torn last line is seen and left out.
#pragma once

#include <glib.h>

typedef struct {
    guint64 offset_bytes;    // in <rung>.part
    guint64 bytes;           // of the fragment
    guint64 start_pts90k;    // on the grid
    guint64 duration_pts90k; // on the grid
    guint64 audio_end;       // where the next sound frame starts, in samples of 48 kHz
    guint64 key_bytes;       // to the end of the first picture; 0: no picture
} PackageJournalRecord;

/** What a journal says; a plain value. */
typedef struct {
    GArray *records;   // (owned) (element-type PackageJournalRecord)
    gboolean complete; // (value) nothing is to be added
    gsize valid_bytes; // (value) the journal is good so far
} PackageJournal;

PackageJournal *package_journal_new(void);
void package_journal_free(PackageJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageJournal, package_journal_free)

/** Returns: (transfer full): the first line of a journal for an encoder set-up of this @digest. */
char *package_journal_format_head(const char *digest);

/** Returns: (transfer full): the line of one segment, or with NULL that of a finished rung. */
char *package_journal_format_record(const PackageJournalRecord *record);

/**
 * package_journal_parse:
 * @head: (nullable): the first line wanted; NULL takes any
 * @part_bytes: what <rung>.part holds; records beyond it are left out
 *
 * Pure. Returns: (transfer full): what can be relied on; empty when nothing can.
 */
PackageJournal *package_journal_parse(const char *text, gsize length, const char *head,
                                      guint64 part_bytes);
