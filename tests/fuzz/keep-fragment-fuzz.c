// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// An init file (its length before it, 16 bits) and a live segment: whatever is accepted lies in the
// segment, is in order, and names the tracks that it is of.
#include "pipelines/keep/fragment.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void
check(const GArray *samples, gsize bytes)
{
    guint64 next = 0;
    for (guint i = 0; i < samples->len; i++) {
        const KeepFragmentSample *sample = &g_array_index(samples, KeepFragmentSample, i);
        g_assert_cmpuint(sample->bytes, >, 0);
        g_assert_cmpuint(sample->duration, >, 0);
        g_assert_cmpuint((guint64)sample->offset + sample->bytes, <=, bytes);
        g_assert_true(i == 0 || sample->start >= next);
        next = sample->start + sample->duration;
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    gsize head = size >= 2 ? MIN((gsize)(data[0] << 8 | data[1]), size - 2) : 0;
    if (size < 2)
        return 0;
    g_autoptr(KeepFragmentInit) init = keep_fragment_parse_init(data + 2, head, NULL);
    if (init == NULL)
        return 0;
    g_assert_cmpuint(init->sound_id, !=, 0);
    g_assert_cmpuint(init->sound_id, !=, init->picture_id);
    g_assert_nonnull(init->tracks->sound_config);
    g_autoptr(KeepFragment) fragment =
        keep_fragment_parse(init, data + 2 + head, size - 2 - head, NULL);
    if (fragment == NULL)
        return 0;
    check(fragment->pictures, size - 2 - head);
    check(fragment->sounds, size - 2 - head);
    return 0;
}
