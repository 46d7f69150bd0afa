#include <pthread.h>
#include <time.h>

#include "Primitive.hpp"

// Swift's clang compiles no OpenMP pragmas. These are the calls that gcc makes of them, so that our
// loops run in the same team of threads as oneDNN's and no second team competes for the cores.
extern "C" {
void GOMP_parallel(void (*body)(void *), void *context, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_get_max_threads(void);
void omp_set_num_threads(int count);
}

namespace {

struct Loop {
  int64_t count;
  void (*body)(int64_t, int64_t, void *);
  void *context;
};

void run_share(void *context) {
  const auto &loop = *static_cast<Loop *>(context);
  int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
  int64_t begin = loop.count * thread / threads, end = loop.count * (thread + 1) / threads;
  if (begin < end) loop.body(begin, end, loop.context);
}

struct Team {
  void (*body)(int64_t, int64_t, void *);
  void *context;
};

void run_member(void *context) {
  const auto &team = *static_cast<Team *>(context);
  team.body(omp_get_thread_num(), omp_get_num_threads(), team.context);
}

}  // namespace

void onednn::parallel_team(
    void (*body)(int64_t thread, int64_t threads, void *context), void *context) {
  Team team{body, context};
  GOMP_parallel(run_member, &team, 0, 0);
}

void onednn::parallel(
    int64_t count, void (*body)(int64_t begin, int64_t end, void *context), void *context) {
  Loop loop{count, body, context};
  GOMP_parallel(run_share, &loop, 0, 0);
}

int32_t onednn_thread_count(void) { return omp_get_max_threads(); }

void onednn_set_thread_count(int32_t count) { omp_set_num_threads(count); }

namespace {

void note_clock(void *context) {
  auto &clocks = *static_cast<std::vector<clockid_t> *>(context);
  pthread_getcpuclockid(pthread_self(), &clocks[static_cast<size_t>(omp_get_thread_num())]);
}

bool read_clocks(const std::vector<clockid_t> &clocks, double *seconds) {
  *seconds = 0;
  for (clockid_t clock : clocks) {
    timespec time;
    if (clock_gettime(clock, &time) != 0) return false;
    *seconds += static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }
  return true;
}

}  // namespace

double onednn_team_processor_time(void) {
  // The workers' clocks can be read from here; only their names must be asked of themselves, once
  // for each team. A team of another size may have other workers.
  thread_local std::vector<clockid_t> clocks;
  auto count = static_cast<size_t>(omp_get_max_threads());
  double seconds = 0;
  if (clocks.size() == count && read_clocks(clocks, &seconds)) return seconds;
  clocks.assign(count, CLOCK_THREAD_CPUTIME_ID);
  GOMP_parallel(note_clock, &clocks, 0, 0);
  read_clocks(clocks, &seconds);
  return seconds;
}
