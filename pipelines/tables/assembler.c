// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The pointer field of a unit start says where the next section begins, so whatever went wrong
// before is over there. Called by demux.c.
#include "pipelines/tables/assembler.h"

#include <string.h>

#define STUFFING 0xFF

struct _TablesAssembler {
    TablesAssemblerFunc func; // (unowned)
    gpointer data;            // (unowned) for func
    guint16 pid;              // (value)
    gboolean open;            // (value) inside a section or at the place where one begins
    gsize wanted;             // (value) bytes of the whole section, 0: not known yet
    gsize held;               // (value) bytes in section
    guint64 broken;           // (value)
    guint8 section[TABLES_SECTION_MAX_BYTES]; // (value)
};

TablesAssembler *
tables_assembler_new(guint16 pid, TablesAssemblerFunc func, gpointer data)
{
    TablesAssembler *assembler = g_new0(TablesAssembler, 1);
    assembler->func = func;
    assembler->data = data;
    assembler->pid = pid;
    return assembler;
}

void
tables_assembler_free(TablesAssembler *assembler)
{
    g_free(assembler);
}

static void
begin(TablesAssembler *assembler, gboolean open)
{
    assembler->open = open;
    assembler->wanted = 0;
    assembler->held = 0;
}

/* Copies up to @target bytes of the section. Returns: whether it holds so many. */
static gboolean
fill(TablesAssembler *assembler, TablesBytes *bytes, gsize target)
{
    gsize count = MIN(target - assembler->held, tables_bytes_count_left(bytes));
    memcpy(assembler->section + assembler->held, bytes->at, count);
    assembler->held += count;
    bytes->at += count;
    return assembler->held == target;
}

static void
finish(TablesAssembler *assembler)
{
    TablesSection section;
    if (tables_section_parse(assembler->section, assembler->wanted, &section))
        assembler->func(&section, assembler->pid, assembler->data);
    else
        assembler->broken++;
    begin(assembler, TRUE);
}

/* Sections follow one another until stuffing. */
static void
take(TablesAssembler *assembler, TablesBytes bytes)
{
    while (assembler->open && tables_bytes_count_left(&bytes) > 0) {
        if (assembler->held == 0 && *bytes.at == STUFFING) {
            begin(assembler, FALSE);
            return;
        }
        if (assembler->wanted == 0) {
            if (!fill(assembler, &bytes, TABLES_SECTION_HEADER_BYTES))
                return;
            assembler->wanted = tables_section_measure(assembler->section);
        }
        if (assembler->wanted == 0) { // where the next one begins nobody knows
            assembler->broken++;
            begin(assembler, FALSE);
        } else if (fill(assembler, &bytes, assembler->wanted)) {
            finish(assembler);
        }
    }
}

void
tables_assembler_push(TablesAssembler *assembler, const TablesPacket *packet,
                      TablesPacketOrder order)
{
    if (order == TABLES_PACKET_DUPLICATE)
        return;
    if (packet->damaged || packet->scrambling != 0 || order == TABLES_PACKET_LOST ||
        order == TABLES_PACKET_ANNOUNCED)
        begin(assembler, FALSE);
    if (!packet->has_payload || packet->damaged || packet->scrambling != 0)
        return;
    TablesBytes payload = tables_bytes_new(packet->payload, packet->payload_bytes), before;
    if (!packet->unit_start) {
        take(assembler, payload);
        return;
    }
    if (!tables_bytes_take_sized(&payload, 1, 8, &before)) {
        assembler->broken++;
        begin(assembler, FALSE);
        return;
    }
    take(assembler, before);
    if (assembler->open && assembler->held > 0)
        assembler->broken++; // cut off by the next one
    begin(assembler, TRUE);
    take(assembler, payload);
}

guint64
tables_assembler_get_broken(const TablesAssembler *assembler)
{
    return assembler->broken;
}
