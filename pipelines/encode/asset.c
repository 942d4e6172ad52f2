// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Files are read again for their digest: they are small, and were just written.
#include "pipelines/encode/asset.h"

ChildReport *
encode_asset_new(ChildAssetKind kind, const char *file)
{
    ChildReport *report = child_report_new(CHILD_REPORT_ASSET);
    report->asset = kind;
    report->file = g_strdup(file);
    return report;
}

gboolean
encode_asset_send(EncodeRun *run, ChildReport *report)
{
    g_autofree char *path = g_build_filename(run->job->staging, report->file, NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &bytes, &length, NULL))
        return FALSE;
    report->bytes = length;
    report->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
    return child_channel_send(run->channel, report);
}
