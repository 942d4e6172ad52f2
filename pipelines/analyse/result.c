// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Written by hand, member by member, so that equal results give equal bytes; read strictly, since
// between writing and reading it was a file in a folder that a hostile child may write to.
#include "pipelines/analyse/result.h"

#include <gio/gio.h>
#include <math.h>

#include "pipelines/package/strict_json.h"

#define FORMAT 1
#define MAX_JSON_BYTES (8 * 1024 * 1024)
#define MAX_ELEMENTS 50000
#define LARGEST_SIDE 32768
#define LARGEST_LEVEL 1000.0

static const struct {
    AnalyseResultContent content; // (value)
    const char *name;             // (static)
} contents[] = {
    {ANALYSE_RESULT_CONTENT_NONE, "none"},
    {ANALYSE_RESULT_CONTENT_SLIDES, "slides"},
    {ANALYSE_RESULT_CONTENT_SCREEN, "screen"},
    {ANALYSE_RESULT_CONTENT_CAMERA, "camera"},
};

static const char *const fold_names[] = {
    [ANALYSE_RESULT_FOLD_BOTH] = "both",
    [ANALYSE_RESULT_FOLD_LEFT] = "left",
    [ANALYSE_RESULT_FOLD_RIGHT] = "right",
    [ANALYSE_RESULT_FOLD_OPPOSED] = "opposed",
};

AnalyseResult *
analyse_result_new(void)
{
    AnalyseResult *result = g_new0(AnalyseResult, 1);
    result->picture.stretches = g_array_new(FALSE, TRUE, sizeof(AnalyseResultStretch));
    result->picture.slides = g_array_new(FALSE, TRUE, sizeof(AnalyseResultSlide));
    return result;
}

void
analyse_result_free(AnalyseResult *result)
{
    if (result == NULL)
        return;
    g_array_unref(result->picture.stretches);
    g_array_unref(result->picture.slides);
    g_free(result);
}

static const char *
content_to_name(AnalyseResultContent content)
{
    for (guint i = 0; i < G_N_ELEMENTS(contents); i++) {
        if (contents[i].content == content)
            return contents[i].name;
    }
    return contents[0].name;
}

static gboolean
name_to_content(const char *name, AnalyseResultContent *content)
{
    for (guint i = 0; i < G_N_ELEMENTS(contents); i++) {
        if (g_strcmp0(contents[i].name, name) == 0) {
            *content = contents[i].content;
            return TRUE;
        }
    }
    return FALSE;
}

static void
write_rect(GString *text, const char *name, const AnalyseResultRect *rect)
{
    g_string_append_printf(text, ",\"%s\":[%u,%u,%u,%u]", name, rect->x, rect->y, rect->width,
                           rect->height);
}

static void
write_picture(GString *text, const AnalyseResultPicture *picture)
{
    g_string_append_printf(text, "{\"glance\":\"%s\",\"content\":\"%s\"",
                           content_to_name(picture->glance), content_to_name(picture->content));
    write_rect(text, "inset", &picture->inset);
    write_rect(text, "crop", &picture->crop);
    g_string_append_printf(text,
                           ",\"interlaced\":%s,\"black_start_ms\":%" G_GINT64_FORMAT
                           ",\"black_end_ms\":%" G_GINT64_FORMAT ",\n\"stretches\":[",
                           picture->interlaced ? "true" : "false", picture->black_start_ms,
                           picture->black_end_ms);
    for (guint i = 0; i < picture->stretches->len; i++) {
        const AnalyseResultStretch *stretch =
            &g_array_index(picture->stretches, AnalyseResultStretch, i);
        g_string_append_printf(text, "%s[%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",\"%s\"]",
                               i > 0 ? ",\n" : "\n", stretch->start_ms, stretch->end_ms,
                               content_to_name(stretch->content));
    }
    g_string_append(text, "],\n\"slides\":[");
    for (guint i = 0; i < picture->slides->len; i++) {
        const AnalyseResultSlide *slide = &g_array_index(picture->slides, AnalyseResultSlide, i);
        g_string_append_printf(
            text, "%s[%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%d]",
            i > 0 ? ",\n" : "\n", slide->start_ms, slide->end_ms, slide->best_ms,
            slide->grows ? 1 : 0);
    }
    g_string_append(text, "]}");
}

static void
write_level(GString *text, const char *name, double level)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    double sane = isnan(level) ? 0 : CLAMP(level, -LARGEST_LEVEL, LARGEST_LEVEL);
    // No minus before a zero.
    double rounded = round(sane * 100) / 100 + 0.0;
    g_ascii_formatd(number, sizeof number, "%.2f", rounded);
    g_string_append_printf(text, "\"%s\":%s,", name, number);
}

static void
write_sound(GString *text, const AnalyseResultSound *sound)
{
    g_string_append_printf(text, "{\"fold\":\"%s\",", fold_names[sound->fold]);
    write_level(text, "loudness_lufs", sound->loudness_lufs);
    write_level(text, "stereo_lufs", sound->stereo_lufs);
    write_level(text, "limited_lu", sound->limited_lu);
    write_level(text, "range_lu", sound->range_lu);
    write_level(text, "peak_dbtp", sound->peak_dbtp);
    write_level(text, "noise_dbfs", sound->noise_dbfs);
    write_level(text, "rumble_dbfs", sound->rumble_dbfs);
    g_string_append_printf(text,
                           "\"speech_permille\":%u,\"music_permille\":%u,\"silent_permille\":%u}",
                           sound->speech_permille, sound->music_permille, sound->silent_permille);
}

char *
analyse_result_to_json(const AnalyseResult *result)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "{\"format\":%d,\n\"picture\":", FORMAT);
    if (result->has_picture)
        write_picture(text, &result->picture);
    else
        g_string_append(text, "null");
    g_string_append(text, ",\n\"sound\":");
    if (result->has_sound)
        write_sound(text, &result->sound);
    else
        g_string_append(text, "null");
    g_string_append(text, "}\n");
    return g_string_free(text, FALSE);
}

static gboolean
read_time(JsonArray *array, guint index, gint64 *time_ms)
{
    guint64 value = 0;
    if (!package_strict_json_get_element(array, index, &value) || value > ANALYSE_RESULT_LARGEST_MS)
        return FALSE;
    *time_ms = (gint64)value;
    return TRUE;
}

static gboolean
read_ms(JsonObject *object, const char *name, gint64 *time_ms)
{
    guint64 value = 0;
    if (!package_strict_json_get_number(object, name, &value) || value > ANALYSE_RESULT_LARGEST_MS)
        return FALSE;
    *time_ms = (gint64)value;
    return TRUE;
}

static gboolean
read_rect(JsonObject *object, const char *name, AnalyseResultRect *rect)
{
    guint64 values[4];
    JsonArray *array = package_strict_json_get_array(object, name);
    if (array == NULL || json_array_get_length(array) != G_N_ELEMENTS(values))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        if (!package_strict_json_get_element(array, i, &values[i]) || values[i] > LARGEST_SIDE)
            return FALSE;
    }
    *rect =
        (AnalyseResultRect){(guint)values[0], (guint)values[1], (guint)values[2], (guint)values[3]};
    return (rect->width == 0) == (rect->height == 0) && rect->x + rect->width <= LARGEST_SIDE &&
           rect->y + rect->height <= LARGEST_SIDE;
}

static gboolean
read_content(JsonNode *node, AnalyseResultContent *content)
{
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == G_TYPE_STRING &&
           name_to_content(json_node_get_string(node), content);
}

static gboolean
read_boolean(JsonNode *node, gboolean *value)
{
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_BOOLEAN)
        return FALSE;
    *value = json_node_get_boolean(node);
    return TRUE;
}

static JsonArray *
get_list(JsonArray *lists, guint index, guint length)
{
    JsonNode *node = json_array_get_element(lists, index);
    if (!JSON_NODE_HOLDS_ARRAY(node))
        return NULL;
    JsonArray *list = json_node_get_array(node);
    return json_array_get_length(list) == length ? list : NULL;
}

/* The first begins at 0, each other where the one before ends. */
static gboolean
read_stretches(JsonObject *object, GArray *stretches)
{
    JsonArray *lists = package_strict_json_get_array(object, "stretches");
    if (lists == NULL || json_array_get_length(lists) > MAX_ELEMENTS)
        return FALSE;
    gint64 end_ms = 0;
    for (guint i = 0; i < json_array_get_length(lists); i++) {
        AnalyseResultStretch stretch = {0};
        JsonArray *list = get_list(lists, i, 3);
        if (list == NULL || !read_time(list, 0, &stretch.start_ms) ||
            !read_time(list, 1, &stretch.end_ms) ||
            !read_content(json_array_get_element(list, 2), &stretch.content) ||
            stretch.start_ms != end_ms || stretch.end_ms <= end_ms ||
            stretch.content == ANALYSE_RESULT_CONTENT_NONE)
            return FALSE;
        end_ms = stretch.end_ms;
        g_array_append_val(stretches, stretch);
    }
    return TRUE;
}

static gboolean
read_slides(JsonObject *object, GArray *slides)
{
    JsonArray *lists = package_strict_json_get_array(object, "slides");
    if (lists == NULL || json_array_get_length(lists) > MAX_ELEMENTS)
        return FALSE;
    gint64 end_ms = 0;
    for (guint i = 0; i < json_array_get_length(lists); i++) {
        AnalyseResultSlide slide = {0};
        guint64 grows = 0;
        JsonArray *list = get_list(lists, i, 4);
        if (list == NULL || !read_time(list, 0, &slide.start_ms) ||
            !read_time(list, 1, &slide.end_ms) || !read_time(list, 2, &slide.best_ms) ||
            !package_strict_json_get_element(list, 3, &grows) || grows > 1 ||
            slide.start_ms < end_ms || slide.best_ms < slide.start_ms ||
            slide.end_ms <= slide.best_ms)
            return FALSE;
        slide.grows = grows == 1;
        end_ms = slide.end_ms;
        g_array_append_val(slides, slide);
    }
    return TRUE;
}

static gboolean
read_picture(JsonObject *object, AnalyseResultPicture *picture)
{
    return read_content(json_object_get_member(object, "glance"), &picture->glance) &&
           read_content(json_object_get_member(object, "content"), &picture->content) &&
           read_rect(object, "inset", &picture->inset) &&
           read_rect(object, "crop", &picture->crop) &&
           read_boolean(json_object_get_member(object, "interlaced"), &picture->interlaced) &&
           read_ms(object, "black_start_ms", &picture->black_start_ms) &&
           read_ms(object, "black_end_ms", &picture->black_end_ms) &&
           read_stretches(object, picture->stretches) && read_slides(object, picture->slides);
}

static gboolean
read_level(JsonObject *object, const char *name, double *level)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
        return FALSE;
    GType type = json_node_get_value_type(node);
    if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
        return FALSE;
    *level = json_node_get_double(node);
    return fabs(*level) <= LARGEST_LEVEL;
}

static gboolean
read_fold(JsonObject *object, AnalyseResultFold *fold)
{
    const char *name = package_strict_json_get_text(object, "fold");
    for (guint i = 0; i < G_N_ELEMENTS(fold_names); i++) {
        if (g_strcmp0(name, fold_names[i]) == 0) {
            *fold = (AnalyseResultFold)i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
read_permille(JsonObject *object, const char *name, guint *permille)
{
    guint64 value = 0;
    if (!package_strict_json_get_number(object, name, &value) || value > 1000)
        return FALSE;
    *permille = (guint)value;
    return TRUE;
}

static gboolean
read_sound(JsonObject *object, AnalyseResultSound *sound)
{
    return read_fold(object, &sound->fold) &&
           read_level(object, "loudness_lufs", &sound->loudness_lufs) &&
           read_level(object, "stereo_lufs", &sound->stereo_lufs) &&
           read_level(object, "limited_lu", &sound->limited_lu) &&
           read_level(object, "range_lu", &sound->range_lu) &&
           read_level(object, "peak_dbtp", &sound->peak_dbtp) &&
           read_level(object, "noise_dbfs", &sound->noise_dbfs) &&
           read_level(object, "rumble_dbfs", &sound->rumble_dbfs) &&
           read_permille(object, "speech_permille", &sound->speech_permille) &&
           read_permille(object, "music_permille", &sound->music_permille) &&
           read_permille(object, "silent_permille", &sound->silent_permille);
}

/* A half is an object, or null when there is none. Returns: what is wrong, or NULL. */
static const char *
read_halves(JsonObject *object, AnalyseResult *result)
{
    guint64 format = 0;
    JsonNode *picture = json_object_get_member(object, "picture");
    JsonNode *sound = json_object_get_member(object, "sound");
    if (!package_strict_json_get_number(object, "format", &format) || format != FORMAT)
        return "an analysis of another format";
    if (picture == NULL || sound == NULL)
        return "an analysis that lacks a half";
    result->has_picture = JSON_NODE_HOLDS_OBJECT(picture);
    result->has_sound = JSON_NODE_HOLDS_OBJECT(sound);
    if ((!result->has_picture && !JSON_NODE_HOLDS_NULL(picture)) ||
        (result->has_picture && !read_picture(json_node_get_object(picture), &result->picture)))
        return "the picture half of the analysis is wrong";
    if ((!result->has_sound && !JSON_NODE_HOLDS_NULL(sound)) ||
        (result->has_sound && !read_sound(json_node_get_object(sound), &result->sound)))
        return "the sound half of the analysis is wrong";
    return NULL;
}

AnalyseResult *
analyse_result_parse(const char *text, gsize length, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonNode) root = package_strict_json_parse(text, length, MAX_JSON_BYTES, &cause);
    if (root == NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, cause->message);
        return NULL;
    }
    g_autoptr(AnalyseResult) result = analyse_result_new();
    const char *wrong = read_halves(json_node_get_object(root), result);
    if (wrong != NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, wrong);
        return NULL;
    }
    return g_steal_pointer(&result);
}
