// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A service of a multiplex: what PAT, PMT, SDT and NIT say about one programme number. A value.
#pragma once

#include "pipelines/tables/section.h"
#include "pipelines/tables/stream.h"

#define TABLES_SERVICE_STREAMS_MAX 64

typedef enum {
    TABLES_SERVICE_TELEVISION,
    TABLES_SERVICE_RADIO,
    TABLES_SERVICE_DATA,
    TABLES_SERVICE_UNKNOWN,
} TablesServiceKind;

typedef struct {
    guint16 service_id;          // (value) programme number
    guint16 transport_stream_id; // (value) of its multiplex
    guint16 original_network_id; // (value) 0 while no SDT was seen
    gboolean elsewhere;          // (value) of another multiplex (SDT other)
    gboolean in_pat;             // (value)
    gboolean in_sdt;             // (value)
    gboolean in_pmt;             // (value) the fields below that a PMT has are known
    guint8 type;                 // (value) service_type of the SDT, 0: not said
    guint8 running;              // (value) running_status of the SDT
    gboolean free_ca;            // (value) free_CA_mode of the SDT
    gboolean has_ca;             // (value) the PMT has CA descriptors
    gboolean scrambled;          // (value) packets of its streams are scrambled
    char *name;                  // (owned) UTF-8, may be empty
    char *provider;              // (owned) UTF-8, may be empty
    guint16 pmt_pid;             // (value)
    guint16 pcr_pid;             // (value) 0x1FFF: none
    int pmt_version;             // (value) -1: no PMT yet
    int pmt_changes;             // (value) how often its PMT became another
    int channel;                 // (value) logical channel number, -1: none
    gboolean hidden;             // (value) not for the list of channels, says the NIT
    guint32 pmt_sum;             // (value) check sum of the PMT that was read
    guint pat_round;             // (value) of the PAT that named it last
    guint sdt_round;             // (value) of the SDT that named it last
    GArray *streams;             // (owned) (element-type TablesStream)
    GArray *ca_systems;          // (owned) (element-type guint16)
} TablesService;

/** Returns: (transfer full). */
TablesService *tables_service_new(guint16 service_id);
void tables_service_free(TablesService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TablesService, tables_service_free)

/** Takes a PMT of this service (ISO/IEC 13818-1 §2.4.4.8). Returns: FALSE when it is not whole;
 * @service is then as it was. */
gboolean tables_service_apply_pmt(TablesService *service, const TablesSection *section);

/** Forgets what the PMT said, when the PAT no longer has the service or has it elsewhere. */
void tables_service_forget_pmt(TablesService *service);

/** Returns: what the SDT says, else what the streams show. */
TablesServiceKind tables_service_get_kind(const TablesService *service);

/** Returns: (static): `tv`, `radio`, `data` or `unknown`. */
const char *tables_service_get_word(TablesServiceKind kind);

/** Returns: whether it is signalled as encrypted (CA descriptors, free_CA_mode) or is. */
gboolean tables_service_is_encrypted(const TablesService *service);
