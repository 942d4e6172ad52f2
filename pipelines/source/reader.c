// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Hands each call to the implementation.
#include "pipelines/source/reader.h"

struct _SourceReader {
    const SourceReaderClass *klass; // (static)
    gpointer self;                  // (owned)
};

SourceReader *
source_reader_new(const SourceReaderClass *klass, gpointer self)
{
    SourceReader *reader = g_new0(SourceReader, 1);
    reader->klass = klass;
    reader->self = self;
    return reader;
}

void
source_reader_free(SourceReader *reader)
{
    if (reader == NULL)
        return;
    reader->klass->free(reader->self);
    g_free(reader);
}

const char *
source_reader_get_name(SourceReader *reader)
{
    return reader->klass->name;
}

const SourceInfo *
source_reader_get_info(SourceReader *reader)
{
    return reader->klass->get_info(reader->self);
}

gboolean
source_reader_start(SourceReader *reader, gboolean pictures, gboolean sound, gint64 from_us,
                    GError **error)
{
    const SourceInfo *info = source_reader_get_info(reader);
    return reader->klass->start(reader->self, pictures && info->has_picture,
                                sound && info->has_sound, MAX(from_us, 0), error);
}

SourceReaderResult
source_reader_read(SourceReader *reader, struct AVFrame *frame, GError **error)
{
    return reader->klass->read(reader->self, frame, error);
}

void
source_reader_get_tally(SourceReader *reader, SourceReaderTally *tally)
{
    *tally = (SourceReaderTally){0};
    reader->klass->get_tally(reader->self, tally);
}

gint64
source_reader_get_end_us(SourceReader *reader)
{
    return reader->klass->get_end_us(reader->self);
}
