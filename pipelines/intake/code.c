// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table for each domain.
#include "pipelines/intake/code.h"

#include <gio/gio.h>
#include <string.h>

#include "pipelines/intake/error.h"
#include "pipelines/intake/srt_port.h"

typedef struct {
    gint code;        // (value)
    const char *word; // (static)
} Row;

static const Row tuner_rows[] = {
    {INTAKE_ERROR_UNREACHABLE, "unreachable"},
    {INTAKE_ERROR_SILENT, "silent"},
    {INTAKE_ERROR_BUSY, "busy"},
    {INTAKE_ERROR_REFUSED, "refused"},
    {INTAKE_ERROR_MISSING, "missing"},
    {INTAKE_ERROR_PROTOCOL, "protocol"},
    {INTAKE_ERROR_GONE, "gone"},
    {INTAKE_ERROR_TRANSPORT, "transport"},
};

static const Row srt_rows[] = {
    {INTAKE_SRT_ERROR_PASSPHRASE, "srt-passphrase"},
    {INTAKE_SRT_ERROR_UNSECURE, "srt-unsecure"},
    {INTAKE_SRT_ERROR_REFUSED, "srt-refused"},
    {INTAKE_SRT_ERROR_NO_ANSWER, "srt-no-answer"},
    {INTAKE_SRT_ERROR_GONE, "srt-gone"},
};

static const Row io_rows[] = {
    {G_IO_ERROR_INVALID_ARGUMENT, "address"},
    {G_IO_ERROR_NOT_FOUND, "not-found"},
    {G_IO_ERROR_IS_DIRECTORY, "not-found"},
    {G_IO_ERROR_NOT_REGULAR_FILE, "not-found"},
    {G_IO_ERROR_PERMISSION_DENIED, "no-permission"},
    {G_IO_ERROR_INVALID_DATA, "not-a-stream"},
    {G_IO_ERROR_ADDRESS_IN_USE, "address-in-use"},
    {G_IO_ERROR_NOT_SUPPORTED, "unsupported"},
    {G_IO_ERROR_TIMED_OUT, "silent"},
    {G_IO_ERROR_CONNECTION_REFUSED, "unreachable"},
    {G_IO_ERROR_HOST_NOT_FOUND, "unreachable"},
    {G_IO_ERROR_HOST_UNREACHABLE, "unreachable"},
    {G_IO_ERROR_NETWORK_UNREACHABLE, "unreachable"},
    {G_IO_ERROR_CONNECTION_CLOSED, "gone"},
};

static const char *
find_row(const Row *rows, gsize count, gint code, const char *otherwise)
{
    for (gsize i = 0; i < count; i++)
        if (rows[i].code == code)
            return rows[i].word;
    return otherwise;
}

const char *
intake_code_find(const GError *error)
{
    if (error == NULL)
        return "ended";
    if (error->domain == INTAKE_ERROR)
        return find_row(tuner_rows, G_N_ELEMENTS(tuner_rows), error->code, "gone");
    if (error->domain == INTAKE_SRT_ERROR)
        return find_row(srt_rows, G_N_ELEMENTS(srt_rows), error->code, "srt-gone");
    if (error->domain == G_RESOLVER_ERROR)
        return "unreachable";
    if (error->domain == G_TLS_ERROR)
        return "tls";
    if (error->domain != G_IO_ERROR)
        return "internal";
    if (strcmp(error->message, "HLS") == 0 || strcmp(error->message, "HLS fMP4") == 0)
        return "hls";
    if (strcmp(error->message, "HLS encrypted") == 0)
        return "hls-encrypted";
    if (g_str_has_prefix(error->message, "HTTP "))
        return "http-refused";
    return find_row(io_rows, G_N_ELEMENTS(io_rows), error->code, "internal");
}
