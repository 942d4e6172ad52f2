// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A table says what each element has.
#include "pipelines/child/intake_pids.h"

#include "pipelines/package/strict_json.h"

#define PID_MOST 8191
#define AT(member) G_STRUCT_OFFSET(Element, member)

/* An element as the table reads and writes it. */
typedef struct {
    guint pid;              // (value)
    gboolean scrambled;     // (value)
    gint64 bits_per_second; // (value)
    gint64 cc_errors;       // (value)
    gint64 tei_packets;     // (value)
    gint64 jitter_us;       // (value)
} Element;

static const ChildFieldsRow rows[] = {
    {"pid", CHILD_FIELDS_SMALL, AT(pid), 1, NULL, PID_MOST},
    {"scrambled", CHILD_FIELDS_FLAG, AT(scrambled), 1, NULL, 1},
    {"bits_per_second", CHILD_FIELDS_COUNT, AT(bits_per_second), 1, NULL, CHILD_FIELDS_EXACT_MAX},
    {"cc_errors", CHILD_FIELDS_COUNT, AT(cc_errors), 1, NULL, CHILD_FIELDS_EXACT_MAX},
    {"tei_packets", CHILD_FIELDS_COUNT, AT(tei_packets), 1, NULL, CHILD_FIELDS_EXACT_MAX},
    {"jitter_us", CHILD_FIELDS_MAYBE, AT(jitter_us), 1, NULL, CHILD_FIELDS_EXACT_MAX},
};

static gint
compare_rates(gconstpointer a, gconstpointer b)
{
    const ChildIntakePid *one = a, *other = b;
    return (one->bits_per_second < other->bits_per_second) -
           (one->bits_per_second > other->bits_per_second);
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    const ChildIntakePid *one = a, *other = b;
    return (gint)one->pid - (gint)other->pid;
}

static JsonObject *
build_element(const ChildIntakePid *pid)
{
    const Element element = {
        .pid = pid->pid,
        .scrambled = pid->scrambled,
        .bits_per_second = pid->bits_per_second,
        .cc_errors = pid->cc_errors,
        .tei_packets = pid->tei_packets,
        .jitter_us = pid->jitter_us,
    };
    JsonObject *object = json_object_new();
    child_fields_write(object, rows, G_N_ELEMENTS(rows), 0, &element);
    return object;
}

JsonArray *
child_intake_pids_build(GArray *pids)
{
    JsonArray *list = json_array_new();
    if (pids == NULL)
        return list;
    g_autoptr(GArray) chosen = g_array_copy(pids);
    if (chosen->len > CHILD_INTAKE_FACTS_PIDS_MAX) {
        g_array_sort(chosen, compare_rates);
        g_array_set_size(chosen, CHILD_INTAKE_FACTS_PIDS_MAX);
        g_array_sort(chosen, compare_numbers);
    }
    for (guint i = 0; i < chosen->len; i++)
        json_array_add_object_element(list,
                                      build_element(&g_array_index(chosen, ChildIntakePid, i)));
    return list;
}

static gboolean
read_element(JsonNode *node, GArray *pids)
{
    Element element = {0};
    if (!JSON_NODE_HOLDS_OBJECT(node) || child_fields_read(json_node_get_object(node), rows,
                                                           G_N_ELEMENTS(rows), 0, &element) != NULL)
        return FALSE;
    const ChildIntakePid pid = {
        .pid = (guint16)element.pid,
        .scrambled = element.scrambled,
        .bits_per_second = element.bits_per_second,
        .cc_errors = element.cc_errors,
        .tei_packets = element.tei_packets,
        .jitter_us = element.jitter_us,
    };
    g_array_append_val(pids, pid);
    return TRUE;
}

GArray *
child_intake_pids_read(JsonObject *object, const char *name)
{
    JsonArray *list = package_strict_json_get_array(object, name);
    if (list == NULL || json_array_get_length(list) > CHILD_INTAKE_FACTS_PIDS_MAX)
        return NULL;
    g_autoptr(GArray) pids = g_array_new(FALSE, FALSE, sizeof(ChildIntakePid));
    for (guint i = 0; i < json_array_get_length(list); i++)
        if (!read_element(json_array_get_element(list, i), pids))
            return NULL;
    return g_steal_pointer(&pids);
}
