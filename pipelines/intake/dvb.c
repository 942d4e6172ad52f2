// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libdvbv5 finds and opens the devices, speaks DiSEqC and reads figures. Tuning is one ioctl of
// properties, since the library's own would send its own DiSEqC commands and knows no JESS.
#include "pipelines/intake/dvb.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <libdvbv5/dvb-dev.h>
#include <libdvbv5/dvb-fe.h>
#include <linux/dvb/dmx.h>
#include <linux/dvb/frontend.h>
#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pipelines/intake/dvb_diseqc.h"
#include "pipelines/intake/error.h"

#define PIECE_BYTES (188 * 1024)
#define FAIR_SHARE 16                  // pieces a wake-up
#define BUFFER_BYTES (4 * 1024 * 1024) // of the demux: some hundred ms
#define WHOLE_MULTIPLEX 0x2000         // the PID that stands for all

struct _IntakeDvb {
    IntakeDvbFuncs funcs;              // (value)
    gpointer data;                     // (unowned) for funcs
    IntakeDvbTuning tuning;            // (value)
    char *path;                        // (owned) of the frontend, for people
    struct dvb_device *device;         // (owned)
    struct dvb_open_descriptor *front; // (owned) (nullable)
    struct dvb_open_descriptor *demux; // (owned) (nullable)
    struct dvb_open_descriptor *dvr;   // (owned) (nullable)
    GArray *steps;                     // (owned) before it is tuned
    guint step;                        // (value) next of them
    GSource *pause;                    // (owned) (nullable) behind a step
    GSource *readable;                 // (owned) (nullable)
    guint8 piece[PIECE_BYTES];         // (value)
};

static void on_device_log(int level, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What the library says is said by our own errors. */
static void
on_device_log(int level, const char *format, ...)
{
}

static void
set_error(GError **error, int number, const char *path)
{
    IntakeError code = number == EBUSY ? INTAKE_ERROR_BUSY : INTAKE_ERROR_MISSING;
    g_set_error(error, INTAKE_ERROR, (gint)code, "%s: %s", path, g_strerror(number));
}

/* dvb_dev_seek_by_adapter() would leak the name of what is not there. */
static const struct dvb_dev_list *
find_device(IntakeDvb *dvb, const char *kind, guint number)
{
    g_autofree char *name = g_strdup_printf("dvb%u.%s%u", dvb->tuning.adapter, kind, number);
    for (int i = 0; i < dvb->device->num_devices; i++)
        if (g_strcmp0(dvb->device->devices[i].sysname, name) == 0)
            return &dvb->device->devices[i];
    return NULL;
}

static struct dvb_open_descriptor *
open_device(IntakeDvb *dvb, const char *kind, int flags, GError **error)
{
    const struct dvb_dev_list *entry = find_device(dvb, kind, dvb->tuning.frontend);
    if (entry == NULL && strcmp(kind, "frontend") != 0) // some cards have fewer of the others
        entry = find_device(dvb, kind, 0);
    if (entry == NULL) {
        set_error(error, ENOENT, dvb->path);
        return NULL;
    }
    errno = 0;
    struct dvb_open_descriptor *opened = dvb_dev_open(dvb->device, entry->sysname, flags);
    if (opened == NULL)
        set_error(error, errno != 0 ? errno : EIO, entry->path);
    return opened;
}

static gboolean
open_devices(IntakeDvb *dvb, GError **error)
{
    dvb_dev_set_log(dvb->device, 0, on_device_log);
    dvb_dev_find(dvb->device, NULL, NULL); // finds nothing where there is no card
    dvb->front = open_device(dvb, "frontend", O_RDWR, error);
    if (dvb->front == NULL)
        return FALSE;
    dvb->demux = open_device(dvb, "demux", O_RDWR, error);
    if (dvb->demux == NULL)
        return FALSE;
    dvb->dvr = open_device(dvb, "dvr", O_RDONLY | O_NONBLOCK, error);
    return dvb->dvr != NULL;
}

static void
stop(GSource **source)
{
    if (*source != NULL)
        g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

static void
fail(IntakeDvb *dvb, IntakeError code, int number)
{
    g_autoptr(GError) error =
        g_error_new(INTAKE_ERROR, (gint)code, "%s: %s", dvb->path, g_strerror(number));
    stop(&dvb->pause);
    stop(&dvb->readable);
    dvb->funcs.failed(error, dvb->data);
}

static gboolean
on_dvr_readable(gint fd, GIOCondition condition, gpointer data)
{
    IntakeDvb *dvb = data;
    for (guint i = 0; i < FAIR_SHARE; i++) {
        ssize_t length = read(fd, dvb->piece, PIECE_BYTES);
        if (length > 0) {
            dvb->funcs.received(dvb->piece, (gsize)length, g_get_monotonic_time(), dvb->data);
            continue;
        }
        if (length < 0 && errno == EOVERFLOW) // the demux threw some away; the counters tell
            continue;
        if (length == 0 || errno == EAGAIN || errno == EINTR)
            return G_SOURCE_CONTINUE;
        fail(dvb, INTAKE_ERROR_GONE, errno);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
set_properties(IntakeDvb *dvb)
{
    g_autoptr(GArray) list = intake_dvb_tuning_list_properties(&dvb->tuning);
    g_autofree struct dtv_property *properties = g_new0(struct dtv_property, list->len);
    for (guint i = 0; i < list->len; i++) {
        const IntakeDvbTuningProperty *one = &g_array_index(list, IntakeDvbTuningProperty, i);
        properties[i].cmd = one->command;
        properties[i].u.data = one->value;
    }
    struct dtv_properties all = {.num = list->len, .props = properties};
    return ioctl(dvb_dev_get_fd(dvb->front), FE_SET_PROPERTY, &all) == 0;
}

static void
tune(IntakeDvb *dvb)
{
    if (!set_properties(dvb)) {
        fail(dvb, INTAKE_ERROR_REFUSED, errno);
        return;
    }
    dvb_dev_set_bufsize(dvb->dvr, BUFFER_BYTES);
    if (dvb_dev_dmx_set_pesfilter(dvb->demux, WHOLE_MULTIPLEX, DMX_PES_OTHER, DMX_OUT_TS_TAP,
                                  BUFFER_BYTES) < 0) {
        fail(dvb, INTAKE_ERROR_REFUSED, errno);
        return;
    }
    dvb->readable = g_unix_fd_source_new(dvb_dev_get_fd(dvb->dvr), G_IO_IN | G_IO_ERR);
    g_source_set_callback(dvb->readable, G_SOURCE_FUNC(on_dvr_readable), dvb, NULL);
    g_source_attach(dvb->readable, g_main_context_get_thread_default());
}

static int
do_step(IntakeDvb *dvb, const IntakeDvbDiseqcStep *step)
{
    struct dvb_v5_fe_parms *parms = dvb->device->fe_parms;
    switch (step->kind) {
    case INTAKE_DVB_DISEQC_TONE:
        return dvb_fe_sec_tone(parms, step->value ? SEC_TONE_ON : SEC_TONE_OFF);
    case INTAKE_DVB_DISEQC_VOLTAGE:
        return dvb_fe_sec_voltage(parms, 1, step->value == 18);
    case INTAKE_DVB_DISEQC_COMMAND:
        return dvb_fe_diseqc_cmd(parms, step->length, step->bytes);
    case INTAKE_DVB_DISEQC_BURST:
        return dvb_fe_diseqc_burst(parms, (int)step->value);
    }
    return 0;
}

/* Steps up to the next pause; tunes behind the last. */
static gboolean
on_pause_over(gpointer data)
{
    IntakeDvb *dvb = data;
    stop(&dvb->pause);
    while (dvb->step < dvb->steps->len) {
        const IntakeDvbDiseqcStep *step =
            &g_array_index(dvb->steps, IntakeDvbDiseqcStep, dvb->step++);
        int result = do_step(dvb, step);
        if (result < 0 && step->kind == INTAKE_DVB_DISEQC_COMMAND) {
            fail(dvb, INTAKE_ERROR_REFUSED, -result);
            return G_SOURCE_REMOVE;
        }
        if (step->pause_ms == 0)
            continue;
        dvb->pause = g_timeout_source_new(step->pause_ms);
        g_source_set_callback(dvb->pause, on_pause_over, dvb, NULL);
        g_source_attach(dvb->pause, g_main_context_get_thread_default());
        return G_SOURCE_REMOVE;
    }
    tune(dvb);
    return G_SOURCE_REMOVE;
}

IntakeDvb *
intake_dvb_open(const IntakeAddress *address, const IntakeDvbFuncs *funcs, gpointer data,
                GError **error)
{
    IntakeDvbTuning tuning;
    if (!intake_dvb_tuning_parse(address->query, &tuning, error))
        return NULL;
    g_autoptr(IntakeDvb) dvb = g_new0(IntakeDvb, 1);
    dvb->funcs = *funcs;
    dvb->data = data;
    dvb->tuning = tuning;
    dvb->path = g_strdup_printf("/dev/dvb/adapter%u/frontend%u", tuning.adapter, tuning.frontend);
    dvb->steps = intake_dvb_diseqc_list_steps(&tuning);
    dvb->device = dvb_dev_alloc();
    if (!open_devices(dvb, error))
        return NULL;
    dvb->pause = g_idle_source_new();
    g_source_set_callback(dvb->pause, on_pause_over, dvb, NULL);
    g_source_attach(dvb->pause, g_main_context_get_thread_default());
    return g_steal_pointer(&dvb);
}

void
intake_dvb_close(IntakeDvb *dvb)
{
    stop(&dvb->pause);
    stop(&dvb->readable);
    g_clear_pointer(&dvb->dvr, dvb_dev_close);
    g_clear_pointer(&dvb->demux, dvb_dev_close);
    g_clear_pointer(&dvb->front, dvb_dev_close);
    g_clear_pointer(&dvb->device, dvb_dev_free);
    g_array_unref(dvb->steps);
    g_free(dvb->path);
    g_free(dvb);
}

/* @value: relative figures are 0 to 65535. Returns: 0 to @most, or -1. */
static int
scale_relative(const struct dtv_stats *stats, int most)
{
    if (stats == NULL || stats->scale != FE_SCALE_RELATIVE)
        return -1;
    return (int)(stats->uvalue * (guint64)most / 65535);
}

IntakeSignal
intake_dvb_get_signal(IntakeDvb *dvb)
{
    struct dvb_v5_fe_parms *parms = dvb->device->fe_parms;
    IntakeSignal signal = {.level = -1, .quality = -1, .cn_db = NAN, .ber = NAN};
    enum fecap_scale_params scale = FE_SCALE_NOT_AVAILABLE;
    fe_status_t status = 0;
    if (dvb_fe_get_stats(parms) < 0 ||
        ioctl(dvb_dev_get_fd(dvb->front), FE_READ_STATUS, &status) < 0)
        return signal;
    const struct dtv_stats *noise = dvb_fe_retrieve_stats_layer(parms, DTV_STAT_CNR, 0);
    signal.known = TRUE;
    signal.locked = (status & FE_HAS_LOCK) != 0;
    signal.frontend = (int)dvb->tuning.frontend;
    signal.frequency_mhz = dvb->tuning.frequency_khz / 1000.0;
    signal.level =
        scale_relative(dvb_fe_retrieve_stats_layer(parms, DTV_STAT_SIGNAL_STRENGTH, 0), 255);
    signal.quality = scale_relative(noise, 15);
    if (noise != NULL && noise->scale == FE_SCALE_DECIBEL)
        signal.cn_db = (double)noise->svalue / 1000.0;
    float ber = dvb_fe_retrieve_ber(parms, 0, &scale);
    if (scale == FE_SCALE_COUNTER)
        signal.ber = ber;
    return signal;
}
