// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A journal after a crash may hold anything: what is relied on follows on and lies within the file.
#include "pipelines/package/journal.h"

#define PART_BYTES 100000

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(PackageJournal) journal =
        package_journal_parse((const char *)data, size, NULL, PART_BYTES);
    guint64 end = 0;
    for (guint i = 0; i < journal->records->len; i++) {
        const PackageJournalRecord *record =
            &g_array_index(journal->records, PackageJournalRecord, i);
        g_assert_cmpuint(record->offset_bytes, ==, end);
        end += record->bytes;
    }
    g_assert_cmpuint(end, <=, PART_BYTES);
    g_assert_cmpuint(journal->valid_bytes, <=, size);
    return 0;
}
