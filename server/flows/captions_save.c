// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// look at the row → read, check and write the file → write the row.
#include "server/flows/captions_save.h"

#include <errno.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "catalog/error.h"
#include "pipelines/captions/parse.h"
#include "pipelines/captions/webvtt.h"
#include "pipelines/package/disk.h"
#include "server/flows/steps.h"

#define HASH_DIGITS 8

/** What travels through the threads. */
typedef struct {
    FlowsCaptionsSave *save;  // (unowned)
    char *bundle;             // (owned) folder of the lesson
    CatalogCaptions *written; // (owned) (nullable) the row to be
} Run;

FlowsCaptionsSave *
flows_captions_save_new(const char *lesson_id, const char *language, GBytes *bytes)
{
    FlowsCaptionsSave *save = g_new0(FlowsCaptionsSave, 1);
    save->lesson_id = g_strdup(lesson_id);
    save->language = g_strdup(language);
    save->bytes = g_bytes_ref(bytes);
    save->faults = captions_faults_new();
    return save;
}

void
flows_captions_save_free(FlowsCaptionsSave *save)
{
    if (save == NULL)
        return;
    g_free(save->lesson_id);
    g_free(save->language);
    g_free(save->account_id);
    g_bytes_unref(save->bytes);
    captions_faults_free(save->faults);
    catalog_captions_free(save->saved);
    g_free(save);
}

static void
free_run(gpointer data)
{
    Run *run = data;
    g_free(run->bundle);
    catalog_captions_free(run->written);
    g_free(run);
}

/* @found (out) (transfer full) (nullable): what there is of this language. */
static gboolean
find_captions(CatalogDatabase *database, const FlowsCaptionsSave *save, CatalogCaptions **found,
              GError **error)
{
    g_autoptr(GError) missing = NULL;
    *found = catalog_captions_get(database, save->lesson_id, save->language, &missing);
    if (*found != NULL || g_error_matches(missing, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&missing));
    return FALSE;
}

static gboolean
check_row(const FlowsCaptionsSave *save, const CatalogCaptions *found, GError **error)
{
    gboolean persons = found != NULL && (found->state == CATALOG_CAPTIONS_STATE_APPROVED ||
                                         found->source == CATALOG_CAPTIONS_SOURCE_UPLOAD);
    if (save->recognised && persons) {
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_EXISTS,
                            "there are captions that a person answers for");
        return FALSE;
    }
    if (save->revision < 0 || save->revision == (found != NULL ? found->revision : 0))
        return TRUE;
    g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT,
                        "the captions were changed in between");
    return FALSE;
}

/* Before the file is written: what will be refused leaves no file behind. */
static gboolean
read_row(CatalogDatabase *database, gpointer data, GError **error)
{
    const Run *run = data;
    g_autoptr(CatalogCaptions) found = NULL;
    return find_captions(database, run->save, &found, error) && check_row(run->save, found, error);
}

static gboolean
make_folder(const char *path, GError **error)
{
    if (g_mkdir(path, 0755) == 0) {
        g_autofree char *parent = g_path_get_dirname(path);
        return package_disk_sync_folder(parent, error);
    }
    if (errno == EEXIST)
        return TRUE;
    g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno), "%s: %s", path,
                g_strerror(errno));
    return FALSE;
}

static gboolean
place_text(Run *run, const char *text, GError **error)
{
    const FlowsCaptionsSave *save = run->save;
    gsize bytes = strlen(text);
    CatalogCaptions *row = g_new0(CatalogCaptions, 1);
    run->written = row;
    row->lesson_id = g_strdup(save->lesson_id);
    row->language = g_strdup(save->language);
    row->bytes = (gint64)bytes;
    row->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, (gssize)bytes);
    g_autofree char *name =
        g_strdup_printf("%s.%.*s.vtt", save->language, HASH_DIGITS, row->sha256);
    row->file = g_strconcat("captions/", name, NULL);
    g_autofree char *folder = g_build_filename(run->bundle, "captions", NULL);
    return make_folder(run->bundle, error) && make_folder(folder, error) &&
           package_disk_replace(folder, name, text, bytes, error);
}

static gboolean
write_file(gpointer data, GError **error)
{
    Run *run = data;
    gsize length = 0;
    const guint8 *bytes = g_bytes_get_data(run->save->bytes, &length);
    g_autoptr(CaptionsCues) cues = captions_parse_bytes(bytes, length, run->save->faults);
    g_autofree char *text = cues != NULL ? captions_webvtt_write(cues) : NULL;
    if (text != NULL)
        return place_text(run, text, error);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no right captions");
    return FALSE;
}

static void
choose_state(const FlowsCaptionsSave *save, const CatalogCaptions *found, CatalogCaptions *row)
{
    row->state = CATALOG_CAPTIONS_STATE_APPROVED;
    row->source = CATALOG_CAPTIONS_SOURCE_UPLOAD;
    if (save->recognised) {
        row->state = CATALOG_CAPTIONS_STATE_DRAFT;
        row->source = CATALOG_CAPTIONS_SOURCE_RECOGNISER;
    } else if (save->draft && found != NULL && found->state == CATALOG_CAPTIONS_STATE_DRAFT) {
        row->state = found->state;
        row->source = found->source;
    }
}

static gboolean
write_row(CatalogDatabase *database, gpointer data, GError **error)
{
    Run *run = data;
    FlowsCaptionsSave *save = run->save;
    const CatalogAuditStamp by = {save->account_id, save->now_ms};
    g_autoptr(CatalogCaptions) found = NULL;
    if (!find_captions(database, save, &found, error) || !check_row(save, found, error))
        return FALSE;
    choose_state(save, found, run->written);
    if (!catalog_captions_save(database, run->written, save->revision, FLOWS_CAPTIONS_SAVE_GRACE_MS,
                               &by, error))
        return FALSE;
    save->saved = catalog_captions_get(database, save->lesson_id, save->language, error);
    return save->saved != NULL;
}

void
flows_captions_save_run_async(FlowsCaptionsSave *save, const FlowsCaptionsSaveSetup *setup,
                              GAsyncReadyCallback callback, gpointer user_data)
{
    static const FlowsStepsOne steps[] = {
        {.read = read_row}, {.files = write_file}, {.write = write_row}};
    const FlowsSteps walk = {setup->catalog, setup->worker, steps, G_N_ELEMENTS(steps)};
    Run *run = g_new0(Run, 1);
    run->save = save;
    run->bundle = server_storage_build_bundle_path(setup->storage, save->lesson_id);
    flows_steps_run_async(&walk, run, free_run, callback, user_data);
}

gboolean
flows_captions_save_run_finish(GAsyncResult *result, GError **error)
{
    return flows_steps_run_finish(result, error);
}
