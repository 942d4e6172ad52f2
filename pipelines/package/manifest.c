// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The order of members is fixed, so that equal lessons give equal bytes.
#include "pipelines/package/manifest.h"

#include <json-glib/json-glib.h>

#include "pipelines/package/multivariant.h"

PackageManifestFile *
package_manifest_describe(const char *name, const char *content, gsize bytes)
{
    PackageManifestFile *file = g_new0(PackageManifestFile, 1);
    file->name = g_strdup(name);
    file->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content, bytes);
    file->bytes = bytes;
    return file;
}

void
package_manifest_free_file(PackageManifestFile *file)
{
    g_free(file->name);
    g_free(file->sha256);
    g_free(file);
}

static const char *
get_family(const PackageManifestRung *rung)
{
    if (rung->codecs == NULL)
        return "slides";
    if (rung->width == 0)
        return "sound";
    switch (package_multivariant_get_family(rung->codecs)) {
    case PACKAGE_MULTIVARIANT_AVC:
        return "avc";
    case PACKAGE_MULTIVARIANT_AV1:
        return "av1";
    }
    return NULL;
}

static void
add_media(JsonObject *object, const PackageManifestRung *rung)
{
    json_object_set_string_member(object, "playlist", rung->playlist);
    json_object_set_string_member(object, "file", rung->file);
    json_object_set_int_member(object, "bytes", (gint64)rung->bytes);
    json_object_set_string_member(object, "sha256", rung->sha256);
    json_object_set_string_member(object, "codecs", rung->codecs);
    json_object_set_int_member(object, "duration_ms", (gint64)rung->duration_ms);
    json_object_set_int_member(object, "bandwidth_bps", (gint64)rung->bandwidth_bps);
    json_object_set_int_member(object, "average_bandwidth_bps",
                               (gint64)rung->average_bandwidth_bps);
}

static JsonObject *
describe_rung(const PackageManifestRung *rung)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "name", rung->name);
    json_object_set_string_member(object, "family", get_family(rung));
    add_media(object, rung);
    if (rung->width > 0) {
        json_object_set_int_member(object, "width", rung->width);
        json_object_set_int_member(object, "height", rung->height);
        json_object_set_double_member(object, "frame_rate", rung->frame_rate);
    }
    if (rung->ssim > 0)
        json_object_set_double_member(object, "ssim", rung->ssim);
    return object;
}

static JsonObject *
describe_failure(const PackageManifestRung *rung)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "name", rung->name);
    json_object_set_string_member(object, "code", rung->error_code);
    return object;
}

static void
add_rungs(JsonObject *object, GPtrArray *rungs)
{
    JsonArray *made = json_array_new();
    JsonArray *failed = json_array_new();
    for (guint i = 0; i < rungs->len; i++) {
        const PackageManifestRung *rung = rungs->pdata[i];
        if (rung->file != NULL)
            json_array_add_object_element(made, describe_rung(rung));
        else if (rung->error_code != NULL)
            json_array_add_object_element(failed, describe_failure(rung));
    }
    json_object_set_array_member(object, "rungs", made);
    json_object_set_array_member(object, "failed", failed);
}

static void
add_sounds(JsonObject *object, GPtrArray *sounds)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; sounds != NULL && i < sounds->len; i++) {
        const PackageManifestSound *sound = sounds->pdata[i];
        JsonObject *entry = json_object_new();
        json_object_set_string_member(entry, "name", sound->media.name);
        json_object_set_string_member(entry, "language", sound->language);
        json_object_set_string_member(entry, "purpose", sound->purpose);
        add_media(entry, &sound->media);
        json_array_add_object_element(array, entry);
    }
    json_object_set_array_member(object, "sounds", array);
}

static void
add_text(JsonObject *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_string_member(object, name, text);
}

static void
add_slides(JsonObject *object, const PackageManifest *manifest)
{
    if (manifest->slides == NULL)
        return;
    JsonObject *slides = json_object_new();
    json_object_set_string_member(slides, "vtt", manifest->slides);
    json_object_set_int_member(slides, "count", manifest->stills);
    add_text(slides, "pdf", manifest->slides_pdf);
    json_object_set_object_member(object, "slides", slides);
}

static void
add_captions(JsonObject *object, GPtrArray *captions)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; captions != NULL && i < captions->len; i++) {
        const PackageManifestCaptions *one = captions->pdata[i];
        JsonObject *entry = json_object_new();
        json_object_set_string_member(entry, "language", one->language);
        json_object_set_string_member(entry, "file", one->file);
        json_object_set_string_member(entry, "state", one->state);
        json_object_set_string_member(entry, "source", one->source);
        json_array_add_object_element(array, entry);
    }
    json_object_set_array_member(object, "captions", array);
}

static void
add_gaps(JsonObject *object, const GArray *gaps)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; gaps != NULL && i < gaps->len; i++) {
        const PackageManifestGap *gap = &g_array_index(gaps, PackageManifestGap, i);
        JsonObject *entry = json_object_new();
        json_object_set_int_member(entry, "from_ms", gap->from_ms);
        json_object_set_int_member(entry, "to_ms", gap->to_ms);
        json_object_set_int_member(entry, "media_ms", gap->media_ms);
        json_object_set_string_member(entry, "cause", gap->cause);
        if (gap->patched_from != NULL) {
            json_object_set_string_member(entry, "patched_from", gap->patched_from);
            json_object_set_int_member(entry, "patched_ms", gap->patched_ms);
        }
        json_array_add_object_element(array, entry);
    }
    json_object_set_array_member(object, "gaps", array);
}

static void
add_files(JsonObject *object, GPtrArray *files)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < files->len; i++) {
        const PackageManifestFile *file = files->pdata[i];
        JsonObject *entry = json_object_new();
        json_object_set_string_member(entry, "name", file->name);
        json_object_set_int_member(entry, "bytes", (gint64)file->bytes);
        json_object_set_string_member(entry, "sha256", file->sha256);
        json_array_add_object_element(array, entry);
    }
    json_object_set_array_member(object, "files", array);
}

char *
package_manifest_format(const PackageManifest *manifest)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_int_member(object, "format", PACKAGE_MANIFEST_FORMAT);
    json_object_set_string_member(object, "id", manifest->id);
    json_object_set_string_member(object, "title", manifest->title);
    json_object_set_string_member(object, "description", manifest->description);
    json_object_set_string_member(object, "language", manifest->language);
    json_object_set_int_member(object, "duration_ms", (gint64)manifest->duration_ms);
    json_object_set_boolean_member(object, "complete", manifest->complete);
    json_object_set_int_member(object, "generation", (gint64)MAX(manifest->generation, 1));
    add_text(object, "poster", manifest->poster);
    add_text(object, "storyboard", manifest->storyboard);
    add_text(object, "waveform", manifest->waveform);
    add_slides(object, manifest);
    add_captions(object, manifest->captions);
    add_rungs(object, manifest->rungs);
    add_sounds(object, manifest->sounds);
    add_gaps(object, manifest->gaps);
    add_files(object, manifest->files);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    g_autofree char *text = json_to_string(node, TRUE);
    return g_strconcat(text, "\n", NULL);
}
