// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any text as an HLS playlist, as an SRT address, and as what a caller says at the door: what is
// taken is within bounds, and no secret is left in what is shown.
#include <string.h>

#include "pipelines/intake/address.h"
#include "pipelines/intake/door_key.h"
#include "pipelines/intake/hls_playlist.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_address(const char *text)
{
    g_autofree char *typed = g_strconcat("srt:", text, NULL);
    g_autofree char *hidden = intake_address_hide_secrets(typed);
    g_autoptr(IntakeAddress) address = intake_address_parse(typed, NULL);
    if (address == NULL)
        return;
    g_assert_true(address->srt->port > 0 && (address->srt->listens || address->srt->host != NULL));
    const char *passphrase = address->srt->passphrase;
    g_assert_true(passphrase == NULL || (strlen(passphrase) >= 10 && strlen(passphrase) <= 79));
    g_assert_true(passphrase == NULL || strstr(hidden, "passphrase=***") != NULL);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(IntakeHlsPlaylist) playlist =
        intake_hls_playlist_parse((const char *)data, size, NULL);
    for (guint i = 0; playlist != NULL && i < playlist->segments->len; i++) {
        const IntakeHlsSegment *segment = &g_array_index(playlist->segments, IntakeHlsSegment, i);
        g_assert_true(segment->uri[0] != '\0' && (segment->start < 0 || segment->length > 0));
    }
    g_assert_true(playlist == NULL || playlist->target_ms >= 1000);
    g_autofree char *key = intake_door_key_find(text);
    g_assert_true(key == NULL || (*key != '\0' && strlen(key) <= INTAKE_DOOR_KEY_MOST));
    check_address(text);
    return 0;
}
