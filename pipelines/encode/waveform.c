// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// {"version":1,"interval_ms":…,"peaks":[0–255,…]}, as ARCHITECTURE.md says.
#include "pipelines/encode/waveform.h"

#include "pipelines/encode/asset.h"
#include "pipelines/package/disk.h"

#define FILE_NAME "waveform.json"

gboolean
encode_waveform_write(const char *folder, guint interval_ms, const GByteArray *peaks,
                      GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "{\"version\":1,\"interval_ms\":%u,\"peaks\":[", interval_ms);
    for (guint i = 0; i < peaks->len; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? "," : "", peaks->data[i]);
    g_string_append(text, "]}\n");
    return package_disk_replace(folder, FILE_NAME, text->str, text->len, error);
}

void
encode_waveform_report(EncodeRun *run)
{
    g_autoptr(ChildReport) report = encode_asset_new(CHILD_ASSET_WAVEFORM, FILE_NAME);
    encode_asset_send(run, report);
}
