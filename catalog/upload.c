// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The upload value and its states.
//
//   create            finish
//  ────────▶ RECEIVING ──────▶ FINISHED
//                │ │   close
//                │ └──────────▶ TERMINATED   (by its owner, or a PARTIAL by the FINAL that took it
//                over) └────────────▶ EXPIRED      (by the sweeper, after expires_ms)
//
// A PARTIAL goes on from FINISHED to TERMINATED or EXPIRED: its bytes are on the disk until then.
#include "catalog/upload.h"

#include "catalog/texts.h"

static const char *const STATE_NAMES[] = {"receiving", "finished", "expired", "terminated", NULL};
static const char *const KIND_NAMES[] = {"whole", "partial", "final", NULL};

static const gboolean MOVES[4][4] = {
    // to: receiving, finished, expired, terminated
    [CATALOG_UPLOAD_STATE_RECEIVING] = {FALSE, TRUE, TRUE, TRUE},
    [CATALOG_UPLOAD_STATE_FINISHED] = {FALSE, FALSE, TRUE, TRUE},
    [CATALOG_UPLOAD_STATE_EXPIRED] = {FALSE, FALSE, FALSE, FALSE},
    [CATALOG_UPLOAD_STATE_TERMINATED] = {FALSE, FALSE, FALSE, FALSE},
};

CatalogUpload *
catalog_upload_new(const char *id)
{
    CatalogUpload *upload = g_new0(CatalogUpload, 1);
    upload->id = g_strdup(id);
    upload->metadata = g_strdup("");
    upload->length_bytes = -1;
    upload->parts = g_new0(char *, 1);
    return upload;
}

CatalogUpload *
catalog_upload_copy(const CatalogUpload *upload)
{
    CatalogUpload *copy = g_memdup2(upload, sizeof *upload);
    copy->id = g_strdup(upload->id);
    copy->owner_id = g_strdup(upload->owner_id);
    copy->lesson_id = g_strdup(upload->lesson_id);
    copy->filename = g_strdup(upload->filename);
    copy->metadata = g_strdup(upload->metadata);
    copy->parts = g_strdupv(upload->parts);
    copy->sha256 = g_strdup(upload->sha256);
    return copy;
}

void
catalog_upload_free(CatalogUpload *upload)
{
    if (upload == NULL)
        return;
    g_free(upload->id);
    g_free(upload->owner_id);
    g_free(upload->lesson_id);
    g_free(upload->filename);
    g_free(upload->metadata);
    g_strfreev(upload->parts);
    g_free(upload->sha256);
    g_free(upload);
}

const char *
catalog_upload_state_to_text(CatalogUploadState state)
{
    return STATE_NAMES[state];
}

gboolean
catalog_upload_state_from_text(const char *text, CatalogUploadState *state)
{
    int found = catalog_texts_find(STATE_NAMES, text);
    if (found >= 0)
        *state = (CatalogUploadState)found;
    return found >= 0;
}

gboolean
catalog_upload_state_may_move(CatalogUploadState from, CatalogUploadState to)
{
    return MOVES[from][to];
}

const char *
catalog_upload_kind_to_text(CatalogUploadKind kind)
{
    return KIND_NAMES[kind];
}

gboolean
catalog_upload_kind_from_text(const char *text, CatalogUploadKind *kind)
{
    int found = catalog_texts_find(KIND_NAMES, text);
    if (found >= 0)
        *kind = (CatalogUploadKind)found;
    return found >= 0;
}
