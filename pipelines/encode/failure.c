// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Errors to codes.
#include "pipelines/encode/failure.h"

#include <errno.h>
#include <libavutil/error.h>

#include "pipelines/package/index.h"
#include "pipelines/source/failure.h"

G_DEFINE_QUARK(encode - failure, encode_failure)

static const char *
source_to_code(SourceFailure failure)
{
    switch (failure) {
    case SOURCE_FAILURE_NOT_MEDIA:
        return "not-media";
    case SOURCE_FAILURE_NO_STREAMS:
        return "no-streams";
    case SOURCE_FAILURE_UNSUPPORTED_CODEC:
        return "unsupported-codec";
    case SOURCE_FAILURE_ENCRYPTED:
        return "encrypted";
    case SOURCE_FAILURE_DAMAGED:
        return "damaged";
    case SOURCE_FAILURE_TOO_LARGE:
        return "too-large";
    case SOURCE_FAILURE_TIMED_OUT:
        return "timed-out";
    case SOURCE_FAILURE_CANCELLED:
        return "cancelled";
    }
    return "internal";
}

static const char *
encode_to_code(EncodeFailure failure)
{
    switch (failure) {
    case ENCODE_FAILURE_INTERNAL:
        return "internal";
    case ENCODE_FAILURE_TOO_LONG:
        return "too-long";
    case ENCODE_FAILURE_TOO_SHORT:
        return "too-short";
    case ENCODE_FAILURE_MEMORY:
        return "out-of-memory";
    case ENCODE_FAILURE_GONE:
        return "cancelled";
    }
    return "internal";
}

const char *
encode_failure_to_code(const GError *error)
{
    if (error == NULL)
        return "internal";
    if (error->domain == SOURCE_FAILURE)
        return source_to_code((SourceFailure)error->code);
    if (error->domain == ENCODE_FAILURE)
        return encode_to_code((EncodeFailure)error->code);
    if (g_error_matches(error, PACKAGE_ERROR, PACKAGE_ERROR_SPACE) ||
        g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
        return "no-space";
    if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM))
        return "out-of-memory";
    return "internal";
}

gboolean
encode_failure_set(GError **error, int code, const char *step)
{
    EncodeFailure failure =
        code == AVERROR(ENOMEM) ? ENCODE_FAILURE_MEMORY : ENCODE_FAILURE_INTERNAL;
    g_set_error(error, ENCODE_FAILURE, failure, "%s: %s", step, av_err2str(code));
    return FALSE;
}
