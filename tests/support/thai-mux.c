// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The Thai multiplex as a program, for tests in other languages and for trying by hand:
// `thai-mux --seconds 8 FILE` writes it, `thai-mux --truth` prints what a guide must hold, a JSON
// line each.
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/damage.h"
#include "tests/support/lessons.h"
#include "tests/support/thai.h"

#define BITS_PER_SECOND 4000000

typedef struct {
    int seconds;    // of stream
    int change_at;  // second of another PMT
    gboolean truth; // print the guide
    int seed;       // of the damage
    int lost;       // permille, and so on
    int duplicated; // permille
    int flipped;    // permille
    int flagged;    // permille
    int garbage;    // permille
    int torn;       // permille
    int stride;     // bytes a packet
} Options;

static void
print_truth(void)
{
    for (guint i = 0; i < THAI_SERVICES; i++) {
        const ThaiService *service = thai_get_service(i);
        for (guint k = 0; k < LESSONS_A_WEEK; k++) {
            g_autoptr(Lesson) lesson = lessons_make(service->service_id, k);
            g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
            JsonObject *object = json_object_new();
            json_object_set_int_member(object, "service_id", service->service_id);
            json_object_set_int_member(object, "event_id", lesson->event_id);
            json_object_set_int_member(object, "start_ms", lesson->start_ms);
            json_object_set_int_member(object, "duration_ms", lesson->duration_ms);
            json_object_set_string_member(object, "title", lesson->title);
            json_object_set_string_member(object, "summary", lesson->summary);
            json_object_set_string_member(object, "description", lesson->description);
            json_object_set_string_member(object, "series_crid", lesson->series);
            json_node_take_object(node, object);
            g_autofree char *line = json_to_string(node, FALSE);
            printf("%s\n", line);
        }
    }
}

static GByteArray *
make_stream(const Options *options)
{
    ThaiOptions thai_options = {
        .bits_per_second = BITS_PER_SECOND,
        .first_pcr27m = 27000000,
        .start_ms = LESSONS_MONDAY_MS + 3600000,
        .change_ms = (gint64)options->change_at * 1000,
    };
    g_autoptr(Thai) thai = thai_new(&thai_options);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    for (int second = 0; second < options->seconds; second++)
        thai_run(thai, 1000, stream);
    DamagePlan plan = {
        .seed = (guint32)options->seed,
        .lost = (guint)options->lost,
        .duplicated = (guint)options->duplicated,
        .flipped = (guint)options->flipped,
        .flagged = (guint)options->flagged,
        .garbage = (guint)options->garbage,
        .torn = (guint)options->torn,
        .stride = (guint)options->stride,
    };
    return damage_apply(&plan, stream);
}

int
main(int argc, char **argv)
{
    Options options = {.seconds = 8, .stride = TRANSPORT_PACKET_BYTES};
    const GOptionEntry entries[] = {
        {"seconds", 0, 0, G_OPTION_ARG_INT, &options.seconds, "length", "N"},
        {"change-at", 0, 0, G_OPTION_ARG_INT, &options.change_at, "second of another PMT", "N"},
        {"truth", 0, 0, G_OPTION_ARG_NONE, &options.truth, "print the guide", NULL},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "of the damage", "N"},
        {"lost", 0, 0, G_OPTION_ARG_INT, &options.lost, "permille of packets", "N"},
        {"duplicated", 0, 0, G_OPTION_ARG_INT, &options.duplicated, "permille", "N"},
        {"flipped", 0, 0, G_OPTION_ARG_INT, &options.flipped, "permille", "N"},
        {"flagged", 0, 0, G_OPTION_ARG_INT, &options.flagged, "permille", "N"},
        {"garbage", 0, 0, G_OPTION_ARG_INT, &options.garbage, "permille", "N"},
        {"torn", 0, 0, G_OPTION_ARG_INT, &options.torn, "permille", "N"},
        {"stride", 0, 0, G_OPTION_ARG_INT, &options.stride, "188, 192 or 204", "BYTES"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("[FILE]");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("%s\n", error->message);
        return 64;
    }
    if (options.truth) {
        print_truth();
        return 0;
    }
    g_autoptr(GByteArray) stream = make_stream(&options);
    if (argc != 2 ||
        !g_file_set_contents(argv[1], (const char *)stream->data, stream->len, &error)) {
        g_printerr("%s\n", error != NULL ? error->message : "say which file to write");
        return 1;
    }
    return 0;
}
