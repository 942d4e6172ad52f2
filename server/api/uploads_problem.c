// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The sentences themselves are rows of problem.c; here is which one, and the numbers in them.
#include "server/api/uploads_problem.h"

#include "server/api/problem.h"

typedef struct {
    guint status;     // HTTP
    const char *code; // of problem.c
} Answer;

static Answer
find_answer(FlowsReceiveOutcome outcome)
{
    switch (outcome) {
    case FLOWS_RECEIVE_NOT_FOUND:
        return (Answer){404, "not-found"};
    case FLOWS_RECEIVE_GONE:
        return (Answer){410, "upload-gone"};
    case FLOWS_RECEIVE_FINISHED:
        return (Answer){409, "upload-finished"};
    case FLOWS_RECEIVE_OFFSET_CONFLICT:
        return (Answer){409, "upload-offset"};
    case FLOWS_RECEIVE_BEYOND_LENGTH:
        return (Answer){413, "upload-beyond-length"};
    case FLOWS_RECEIVE_LENGTH_CONFLICT:
        return (Answer){400, "upload-length"};
    case FLOWS_RECEIVE_TOO_LARGE:
        return (Answer){413, "upload-too-large"};
    case FLOWS_RECEIVE_USER_FULL:
        return (Answer){413, "upload-account-full"};
    case FLOWS_RECEIVE_DISK_FLOOR:
        return (Answer){507, "upload-no-room"};
    case FLOWS_RECEIVE_NO_SPACE:
        return (Answer){507, "upload-disk-full"};
    case FLOWS_RECEIVE_LOCKED:
        return (Answer){423, "upload-locked"};
    case FLOWS_RECEIVE_CHECKSUM:
        return (Answer){460, "upload-checksum"};
    case FLOWS_RECEIVE_FINAL:
        return (Answer){403, "upload-final"};
    case FLOWS_RECEIVE_PART_UNKNOWN:
        return (Answer){404, "upload-part-unknown"};
    case FLOWS_RECEIVE_PART_UNFINISHED:
        return (Answer){409, "upload-part-unfinished"};
    case FLOWS_RECEIVE_INVALID:
        return (Answer){400, "upload-text"};
    case FLOWS_RECEIVE_BUSY:
        return (Answer){503, "busy"};
    case FLOWS_RECEIVE_DONE:
    case FLOWS_RECEIVE_INTERNAL:
        return (Answer){500, "internal"};
    }
    g_assert_not_reached();
}

/* Returns: (transfer full) (nullable): the sentence with the limit in it. */
static char *
describe_limit(HttpExchange *exchange, const FlowsReceiveStatus *status)
{
    if (status->limit_bytes <= 0)
        return NULL;
    gboolean thai = api_problem_choose_language(exchange) == SERVER_SENTENCES_THAI;
    g_autofree char *limit = g_format_size(status->limit_bytes);
    const char *sentence =
        thai ? "ไฟล์นี้ใหญ่เกินไป ระบบรับได้ไม่เกิน %s ต่อไฟล์ โปรดตัดหรือส่งออกให้เล็กลงแล้วอัปโหลดใหม่"
             : "This file is too large: at most %s a file is taken. Cut it or "
               "export it smaller, then upload it again.";
    const char *account =
        thai ? "พื้นที่ของคุณไม่พอสำหรับไฟล์นี้ คุณใช้ได้ทั้งหมด %s โปรดลบบทเรียนที่ไม่ใช้หรือแจ้งผู้ดูแลระบบ"
             : "Your space is not enough for this file: you may use %s in all. Remove lessons that "
               "you do not need, or ask the administrator.";
    const char *chosen = status->outcome == FLOWS_RECEIVE_USER_FULL ? account : sentence;
    g_auto(GStrv) halves = g_strsplit(chosen, "%s", 2);
    return g_strconcat(halves[0], limit, halves[1], NULL);
}

void
api_uploads_problem_reply(HttpExchange *exchange, const FlowsReceiveStatus *status)
{
    Answer answer = find_answer(status->outcome);
    g_autofree char *detail = describe_limit(exchange, status);
    if (status->outcome == FLOWS_RECEIVE_LOCKED || status->outcome == FLOWS_RECEIVE_BUSY)
        http_exchange_set_header(exchange, "Retry-After", "1");
    api_problem_reply(exchange, answer.status, answer.code, detail);
}

static const char *
find_text_code(FlowsReceiveMetadataVerdict verdict)
{
    switch (verdict) {
    case FLOWS_RECEIVE_METADATA_FINE:
    case FLOWS_RECEIVE_METADATA_MALFORMED:
        return "upload-metadata";
    case FLOWS_RECEIVE_METADATA_NOT_TEXT:
        return "upload-not-text";
    case FLOWS_RECEIVE_METADATA_FILENAME_TOO_LONG:
        return "upload-filename";
    case FLOWS_RECEIVE_METADATA_TITLE_TOO_LONG:
        return "upload-title";
    case FLOWS_RECEIVE_METADATA_DESCRIPTION_TOO_LONG:
        return "upload-description";
    case FLOWS_RECEIVE_METADATA_BAD_LANGUAGE:
        return "upload-language";
    }
    g_assert_not_reached();
}

void
api_uploads_problem_reply_metadata(HttpExchange *exchange, FlowsReceiveMetadataVerdict verdict)
{
    api_problem_reply(exchange, 400, find_text_code(verdict), NULL);
}

void
api_uploads_problem_reply_header(HttpExchange *exchange, const char *header)
{
    g_autofree char *detail = g_strdup_printf("%s is missing or wrong", header);
    api_problem_reply(exchange, 400, "upload-header", detail);
}
