// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The first byte of a packet says how long its frames last and how many there are (RFC 6716 §3.1).
#include "pipelines/package/opus.h"

#include <string.h>

#define MOST_SAMPLES 5760 // 120 ms

static guint
count_frame_samples(guint8 toc)
{
    guint config = toc >> 3;
    if (config < 12) { // SILK: 10, 20, 40, 60 ms
        static const guint silk[4] = {480, 960, 1920, 2880};
        return silk[config % 4];
    }
    if (config < 16) // hybrid: 10, 20 ms
        return config % 2 == 0 ? 480 : 960;
    return 120u << config % 4; // CELT: 2.5, 5, 10, 20 ms
}

guint
package_opus_count_samples(const guint8 *data, gsize bytes)
{
    if (bytes == 0)
        return 0;
    guint frames = 2;
    if ((data[0] & 3) == 0)
        frames = 1;
    else if ((data[0] & 3) == 3)
        frames = bytes < 2 ? 0 : data[1] & 0x3f;
    guint samples = frames * count_frame_samples(data[0]);
    return samples <= MOST_SAMPLES ? samples : 0;
}

gboolean
package_opus_check_configuration(GBytes *config, guint channels)
{
    const guint8 wanted[11] = {0, (guint8)channels, 0, 0, 0, 0, 0xbb, 0x80, 0, 0, 0};
    gsize bytes = 0;
    const guint8 *data = config == NULL ? NULL : g_bytes_get_data(config, &bytes);
    return bytes == sizeof wanted && memcmp(data, wanted, sizeof wanted) == 0;
}
