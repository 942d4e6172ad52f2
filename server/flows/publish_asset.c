// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table says how large a file of each kind may be and how it is named; one function each says
// whether its bytes are of that kind. A hostile child may lie about everything else.
#include "server/flows/publish_asset.h"

#include <glib/gstdio.h>
#include <string.h>

#include <gio/gio.h>

#include "pipelines/analyse/result.h"
#include "pipelines/captions/language.h"
#include "pipelines/package/disk.h"
#include "pipelines/package/slides.h"
#include "pipelines/package/storyboard.h"
#include "pipelines/package/strict_json.h"
#include "server/flows/publish_file.h"

#define MIB (1024 * 1024)
#define HEAD_BYTES 16
#define PEAKS_MAX 100000

typedef gboolean (*Check)(const char *bytes, gsize length);

typedef struct {
    const char *stem;   // (static) NULL: slides/NNNN, captions/<language>
    const char *ending; // (static)
    gsize most;         // (value) bytes
    gsize looked_at;    // (value) bytes that `check` sees; 0: all
    Check check;        // says whether the bytes are of this kind
} Form;

static gboolean
is_webp(const char *bytes, gsize length)
{
    return length >= HEAD_BYTES && memcmp(bytes, "RIFF", 4) == 0 &&
           memcmp(bytes + 8, "WEBPVP8", 7) == 0;
}

static gboolean
is_pdf(const char *bytes, gsize length)
{
    return length >= HEAD_BYTES && memcmp(bytes, "%PDF-", 5) == 0;
}

static gboolean
is_analysis(const char *bytes, gsize length)
{
    g_autoptr(AnalyseResult) result = analyse_result_parse(bytes, length, NULL);
    return result != NULL;
}

static gboolean
is_waveform(const char *bytes, gsize length)
{
    guint64 version = 0, interval_ms = 0, peak = 0;
    g_autoptr(JsonNode) root = package_strict_json_parse(bytes, length, MIB, NULL);
    JsonObject *object = root != NULL ? json_node_get_object(root) : NULL;
    if (object == NULL || !package_strict_json_get_number(object, "version", &version) ||
        !package_strict_json_get_number(object, "interval_ms", &interval_ms) || version != 1 ||
        interval_ms == 0)
        return FALSE;
    JsonArray *peaks = package_strict_json_get_array(object, "peaks");
    if (peaks == NULL || json_array_get_length(peaks) > PEAKS_MAX)
        return FALSE;
    for (guint i = 0; i < json_array_get_length(peaks); i++)
        if (!package_strict_json_get_element(peaks, i, &peak) || peak > 255)
            return FALSE;
    return TRUE;
}

static gboolean
is_captions(const char *bytes, gsize length)
{
    return g_str_has_prefix(bytes, "WEBVTT") && g_utf8_validate_len(bytes, length, NULL);
}

static const Form forms[] = {
    [CHILD_ASSET_ANALYSIS] = {"analysis", ".json", 4 * MIB, 0, is_analysis},
    [CHILD_ASSET_POSTER] = {"poster", ".webp", 2 * MIB, HEAD_BYTES, is_webp},
    [CHILD_ASSET_STILL] = {NULL, ".webp", 16 * MIB, HEAD_BYTES, is_webp},
    [CHILD_ASSET_STORYBOARD] = {"storyboard", ".webp", 8 * MIB, HEAD_BYTES, is_webp},
    [CHILD_ASSET_WAVEFORM] = {"waveform", ".json", MIB, 0, is_waveform},
    [CHILD_ASSET_SLIDES_PDF] = {"slides", ".pdf", 512 * MIB, HEAD_BYTES, is_pdf},
    [CHILD_ASSET_CAPTIONS] = {NULL, ".vtt", 4 * MIB, 0, is_captions},
};

static CatalogAssetKind
translate_kind(ChildAssetKind kind)
{
    switch (kind) {
    case CHILD_ASSET_ANALYSIS:
        return CATALOG_ASSET_KIND_ANALYSIS;
    case CHILD_ASSET_POSTER:
        return CATALOG_ASSET_KIND_POSTER;
    case CHILD_ASSET_STILL:
        return CATALOG_ASSET_KIND_STILL;
    case CHILD_ASSET_STORYBOARD:
        return CATALOG_ASSET_KIND_STORYBOARD;
    case CHILD_ASSET_WAVEFORM:
        return CATALOG_ASSET_KIND_WAVEFORM;
    case CHILD_ASSET_SLIDES_PDF:
        return CATALOG_ASSET_KIND_SLIDES_PDF;
    case CHILD_ASSET_CAPTIONS:
        break;
    }
    g_assert_not_reached();
}

static const char *
get_folder(ChildAssetKind kind)
{
    if (kind == CHILD_ASSET_STILL)
        return "slides";
    return kind == CHILD_ASSET_CAPTIONS ? "captions" : NULL;
}

/* Stem without hash and ending: "0001", "th", "poster". */
static char *
build_stem(const ChildReport *report, const char *language)
{
    if (report->asset == CHILD_ASSET_STILL)
        return g_strdup_printf("%04u", report->position);
    return g_strdup(report->asset == CHILD_ASSET_CAPTIONS ? language : forms[report->asset].stem);
}

static char *
build_name(const ChildReport *report, const char *stem)
{
    const char *folder = get_folder(report->asset);
    return g_strdup_printf("%s%s%s.%.*s%s", folder != NULL ? folder : "", folder != NULL ? "/" : "",
                           stem, FLOWS_PUBLISH_FILE_HASH_DIGITS, report->sha256,
                           forms[report->asset].ending);
}

static gboolean
check_form(const char *path, const ChildReport *report, GError **error)
{
    const Form *form = &forms[report->asset];
    gsize length = 0;
    g_autofree char *bytes = NULL;
    if (form->looked_at == 0) {
        bytes = flows_publish_file_load(path, form->most, &length, error);
    } else {
        g_autoptr(GFile) file = g_file_new_for_path(path);
        g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, error);
        bytes = g_malloc0(form->looked_at + 1);
        if (stream == NULL || !g_input_stream_read_all(G_INPUT_STREAM(stream), bytes,
                                                       form->looked_at, &length, NULL, error))
            return FALSE;
    }
    if (bytes == NULL)
        return FALSE;
    return form->check(bytes, length)
               ? TRUE
               : flows_publish_file_distrust(error, path, "not the kind of file that was reported");
}

static gboolean
check_and_name(const FlowsPublishPlaces *places, const ChildReport *report, const char *incoming,
               const char *name, GError **error)
{
    const FlowsPublishFileProof proof = {report->bytes, report->sha256};
    g_autofree char *path = g_build_filename(places->bundle, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    if (!flows_publish_file_verify(incoming, &proof, error) || !check_form(incoming, report, error))
        return FALSE;
    flows_publish_file_step(places, "asset-rename");
    return flows_publish_file_name(places, incoming, name, error) &&
           package_disk_sync_folder(folder, error);
}

/* Returns: (transfer full): the name it has now in the bundle. */
static char *
place(const FlowsPublishPlaces *places, const ChildReport *report, const char *stem, GError **error)
{
    const Form *form = &forms[report->asset];
    g_autofree char *name = build_name(report, stem);
    g_autofree char *incoming = flows_publish_file_build_incoming(places, stem, form->ending);
    if (report->bytes > form->most) {
        flows_publish_file_distrust(error, report->file, "too large");
        return NULL;
    }
    flows_publish_file_step(places, "asset-take-in");
    if (flows_publish_file_make_folder(places, get_folder(report->asset), error) &&
        flows_publish_file_take_in(places, report->file, incoming, error) &&
        check_and_name(places, report, incoming, name, error))
        return g_steal_pointer(&name);
    g_unlink(incoming); // what is not trusted does not stay
    return NULL;
}

CatalogAsset *
flows_publish_asset_place(const FlowsPublishPlaces *places, const char *lesson_id,
                          const ChildReport *report, GError **error)
{
    gboolean still = report->asset == CHILD_ASSET_STILL;
    if (still != (report->position > 0) || report->position > FLOWS_PUBLISH_ASSET_STILLS_MAX ||
        report->end_ms < report->start_ms) {
        flows_publish_file_distrust(error, report->file, "out of place");
        return NULL;
    }
    g_autofree char *stem = build_stem(report, NULL);
    g_autofree char *name = place(places, report, stem, error);
    if (name == NULL)
        return NULL;
    CatalogAsset *asset =
        catalog_asset_new(lesson_id, translate_kind(report->asset), report->position);
    asset->file = g_steal_pointer(&name);
    asset->bytes = (gint64)report->bytes;
    asset->sha256 = g_strdup(report->sha256);
    asset->start_ms = (gint64)report->start_ms;
    asset->end_ms = (gint64)report->end_ms;
    asset->width = (int)report->width;
    asset->height = (int)report->height;
    asset->grows = report->grows;
    asset->columns = (int)report->columns;
    asset->count = (int)report->count;
    asset->interval_ms = (gint64)report->interval_ms;
    return asset;
}

CatalogCaptions *
flows_publish_asset_place_captions(const FlowsPublishPlaces *places, const char *lesson_id,
                                   const ChildReport *report, GError **error)
{
    g_autofree char *known = captions_language_canonicalise(report->language);
    const char *language = known != NULL ? known : "und";
    g_autofree char *name = place(places, report, language, error);
    if (name == NULL)
        return NULL;
    CatalogCaptions *captions = g_new0(CatalogCaptions, 1);
    captions->lesson_id = g_strdup(lesson_id);
    captions->language = g_strdup(language);
    captions->state = CATALOG_CAPTIONS_STATE_APPROVED;
    captions->source = CATALOG_CAPTIONS_SOURCE_EMBEDDED;
    captions->file = g_steal_pointer(&name);
    captions->bytes = (gint64)report->bytes;
    captions->sha256 = g_strdup(report->sha256);
    return captions;
}

static const CatalogAsset *
find_asset(const CatalogLesson *lesson, CatalogAssetKind kind, guint position)
{
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        if (asset->kind == kind && asset->position == position)
            return asset;
    }
    return NULL;
}

static const CatalogRung *
find_rung(const CatalogLesson *lesson, const char *name)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (g_strcmp0(rung->name, name) == 0 && rung->file != NULL)
            return rung;
    }
    return NULL;
}

/* The stills in order; NULL when one is missing. */
static GPtrArray *
list_stills(const CatalogLesson *lesson, guint count)
{
    g_autoptr(GPtrArray) stills = g_ptr_array_new();
    g_ptr_array_set_size(stills, (int)count);
    for (guint i = 0; i < lesson->assets->len; i++) {
        CatalogAsset *asset = lesson->assets->pdata[i];
        if (asset->kind == CATALOG_ASSET_KIND_STILL && asset->position <= count)
            stills->pdata[asset->position - 1] = asset;
    }
    for (guint i = 0; i < count; i++)
        if (stills->pdata[i] == NULL)
            return NULL;
    return g_steal_pointer(&stills);
}

static char *
format_slides(const GPtrArray *stills)
{
    g_autofree PackageSlidesCue *cues = g_new0(PackageSlidesCue, stills->len);
    for (guint i = 0; i < stills->len; i++) {
        const CatalogAsset *still = stills->pdata[i];
        cues[i] = (PackageSlidesCue){still->file, (guint64)still->start_ms, (guint64)still->end_ms,
                                     still->grows};
    }
    return package_slides_format(cues, stills->len);
}

static gint64
get_voice_bytes(const CatalogLesson *lesson)
{
    const CatalogRung *aac = find_rung(lesson, "voice");
    const CatalogRung *opus = find_rung(lesson, "voice-opus");
    if (aac == NULL || opus == NULL)
        return aac != NULL ? aac->bytes : (opus != NULL ? opus->bytes : 0);
    return MIN(aac->bytes, opus->bytes);
}

CatalogRung *
flows_publish_asset_make_slides(const CatalogLesson *lesson, const ChildReport *report,
                                GError **error)
{
    g_autoptr(GPtrArray) stills =
        report->count > 0 && report->count <= FLOWS_PUBLISH_ASSET_STILLS_MAX
            ? list_stills(lesson, report->count)
            : NULL;
    if (stills == NULL || report->duration_ms == 0) {
        flows_publish_file_distrust(error, "slides", "not all stills are there");
        return NULL;
    }
    g_autofree char *text = format_slides(stills);
    CatalogRung *rung = catalog_rung_new(lesson->id, "slides");
    rung->file = g_strdup(FLOWS_PUBLISH_SLIDES);
    rung->bytes = get_voice_bytes(lesson) + (gint64)strlen(text);
    for (guint i = 0; i < stills->len; i++)
        rung->bytes += ((const CatalogAsset *)stills->pdata[i])->bytes;
    rung->stills = report->count;
    rung->width = (int)report->width;
    rung->height = (int)report->height;
    rung->duration_ms = (gint64)report->duration_ms;
    rung->average_bandwidth_bps = rung->bytes * 8 * 1000 / rung->duration_ms;
    rung->bandwidth_bps = rung->average_bandwidth_bps;
    return rung;
}

char *
flows_publish_asset_format_slides(const CatalogLesson *lesson)
{
    const CatalogRung *rung = find_rung(lesson, "slides");
    g_autoptr(GPtrArray) stills = rung != NULL ? list_stills(lesson, rung->stills) : NULL;
    return stills != NULL ? format_slides(stills) : NULL;
}

char *
flows_publish_asset_format_storyboard(const CatalogLesson *lesson)
{
    const CatalogAsset *asset = find_asset(lesson, CATALOG_ASSET_KIND_STORYBOARD, 0);
    if (asset == NULL || asset->columns <= 0 || asset->count <= 0 || asset->interval_ms <= 0)
        return NULL;
    const PackageStoryboard storyboard = {.file = asset->file,
                                          .columns = (guint)asset->columns,
                                          .count = (guint)asset->count,
                                          .width = (guint)asset->width,
                                          .height = (guint)asset->height,
                                          .interval_ms = (guint64)asset->interval_ms,
                                          .duration_ms = (guint64)MAX(lesson->duration_ms, 0)};
    return package_storyboard_format(&storyboard);
}

static int
scale(guint value, guint whole)
{
    return (int)(((guint64)value * 1000 + whole / 2) / whole);
}

void
flows_publish_asset_read_inset(const FlowsPublishPlaces *places, const CatalogLesson *lesson,
                               guint width, guint height, CatalogArea *inset)
{
    const CatalogAsset *asset = find_asset(lesson, CATALOG_ASSET_KIND_ANALYSIS, 0);
    g_autofree char *path =
        asset != NULL ? g_build_filename(places->bundle, asset->file, NULL) : NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    *inset = (CatalogArea){0, 0, 0, 0};
    if (path == NULL || width == 0 || height == 0 ||
        !g_file_get_contents(path, &text, &length, NULL))
        return;
    g_autoptr(AnalyseResult) result = analyse_result_parse(text, length, NULL);
    if (result == NULL || !result->has_picture)
        return;
    const AnalyseResultRect *seen = &result->picture.inset;
    CatalogArea area = {scale(seen->x, width), scale(seen->y, height), scale(seen->width, width),
                        scale(seen->height, height)};
    area.width = MIN(area.width, 1000 - area.x);
    area.height = MIN(area.height, 1000 - area.y);
    if (seen->width > 0 && catalog_area_is_sane(&area))
        *inset = area;
}
