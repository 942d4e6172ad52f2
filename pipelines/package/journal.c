// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines are read until the first one that is torn, wrong, or does not follow the one before it.
#include "pipelines/package/journal.h"

#include <string.h>

#include "pipelines/package/index.h"

#define HEAD_PREFIX "daorian-journal 2 "
#define CHECK_DIGITS 8
#define FIELDS 6

PackageJournal *
package_journal_new(void)
{
    PackageJournal *journal = g_new0(PackageJournal, 1);
    journal->records = g_array_new(FALSE, FALSE, sizeof(PackageJournalRecord));
    return journal;
}

void
package_journal_free(PackageJournal *journal)
{
    g_array_unref(journal->records);
    g_free(journal);
}

char *
package_journal_format_head(const char *digest)
{
    return g_strdup_printf(HEAD_PREFIX "%s\n", digest);
}

/* The line's text with its check sum and line feed. */
static char *
seal(const char *text)
{
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    return g_strdup_printf("%s %.*s\n", text, CHECK_DIGITS, sum);
}

char *
package_journal_format_record(const PackageJournalRecord *record)
{
    if (record == NULL)
        return seal("end");
    g_autofree char *text =
        g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                        " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
                        record->offset_bytes, record->bytes, record->start_pts90k,
                        record->duration_pts90k, record->audio_end, record->key_bytes);
    return seal(text);
}

/* The line's text when its check sum is right. */
static char *
unseal(const char *line, gsize length)
{
    if (length < CHECK_DIGITS + 2 || line[length - CHECK_DIGITS - 1] != ' ')
        return NULL;
    g_autofree char *text = g_strndup(line, length - CHECK_DIGITS - 1);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    if (memcmp(sum, line + length - CHECK_DIGITS, CHECK_DIGITS) != 0)
        return NULL;
    return g_steal_pointer(&text);
}

static gboolean
parse_record(const char *text, PackageJournalRecord *record)
{
    g_auto(GStrv) fields = g_strsplit(text, " ", FIELDS + 1);
    guint64 values[FIELDS] = {0};
    if (g_strv_length(fields) != FIELDS)
        return FALSE;
    for (guint i = 0; i < FIELDS; i++)
        if (!g_ascii_string_to_unsigned(fields[i], 10, 0, G_MAXINT64, &values[i], NULL))
            return FALSE;
    *record =
        (PackageJournalRecord){values[0], values[1], values[2], values[3], values[4], values[5]};
    return TRUE;
}

static gboolean
follows(const PackageJournal *journal, const PackageJournalRecord *record, guint64 part_bytes)
{
    guint64 offset = 0, start = 0;
    guint count = journal->records->len;
    if (count > 0) {
        const PackageJournalRecord *last =
            &g_array_index(journal->records, PackageJournalRecord, count - 1);
        offset = last->offset_bytes + last->bytes;
        start = last->start_pts90k + last->duration_pts90k;
    }
    return record->offset_bytes == offset && record->start_pts90k == start && record->bytes > 0 &&
           record->bytes <= part_bytes && offset <= part_bytes - record->bytes &&
           record->duration_pts90k > 0 && record->key_bytes <= record->bytes &&
           count < PACKAGE_INDEX_MAX_SEGMENTS;
}

static gboolean
take_line(PackageJournal *journal, const char *line, gsize length, guint64 part_bytes)
{
    g_autofree char *text = unseal(line, length);
    if (text == NULL || journal->complete)
        return FALSE;
    if (g_strcmp0(text, "end") == 0) {
        journal->complete = journal->records->len > 0;
        return journal->complete;
    }
    PackageJournalRecord record = {0};
    if (!parse_record(text, &record) || !follows(journal, &record, part_bytes))
        return FALSE;
    g_array_append_val(journal->records, record);
    return TRUE;
}

PackageJournal *
package_journal_parse(const char *text, gsize length, const char *head, guint64 part_bytes)
{
    PackageJournal *journal = package_journal_new();
    const char *feed = length == 0 ? NULL : memchr(text, '\n', length);
    const char *wanted = head != NULL ? head : HEAD_PREFIX;
    gsize wanted_bytes = strlen(wanted);
    if (feed == NULL || length < wanted_bytes || memcmp(text, wanted, wanted_bytes) != 0)
        return journal;
    journal->valid_bytes = (gsize)(feed - text) + 1;
    while (journal->valid_bytes < length) {
        const char *line = text + journal->valid_bytes;
        feed = memchr(line, '\n', length - journal->valid_bytes);
        if (feed == NULL || !take_line(journal, line, (gsize)(feed - line), part_bytes))
            break;
        journal->valid_bytes += (gsize)(feed - line) + 1;
    }
    return journal;
}
