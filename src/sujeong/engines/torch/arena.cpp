// Where the large arrays of a recorded step lie: one arena, and for each program a plan of places in it.
//
// A program takes and gives back the same sizes in the same order each time. Its first call takes the first
// gap that is large enough and is noted; from the note a plan is made, in which arrays that are never alive
// together share bytes; later calls put the n-th array where the plan says. What differs from the plan, or
// finds its place taken, lies in the first gap again, and is planned anew.
//
//     alive:  a ----------            place of a: 0      b: 10
//             b    -----------                c: 0  (a is gone when c comes)
//             c               ----
//
// Only arrays of LARGE bytes that are taken between `enter` and `leave`, by the thread that entered, lie here;
// all else is the business of the allocator that was there before.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <c10/core/CPUAllocator.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

constexpr size_t LARGE = 1 << 16, ALIGNMENT = 64;
constexpr int64_t NOWHERE = -1;  // outlives the call: it does not lie in the arena
constexpr uint32_t PLANS = 8;    // a program that differs more often keeps its last plan
constexpr size_t NEVER = SIZE_MAX;

struct Array {
  size_t bytes, taken, given = NEVER;  // when it was taken and given back, counted in takings and givings
  int64_t place = NOWHERE;
};

struct Plan {
  std::vector<int64_t> places;  // of the n-th array; empty without a plan
  std::vector<size_t> sizes;
  std::vector<Array> noted;  // this call's arrays
  size_t clock = 0;
  uint32_t made = 0;
  uint64_t call = 0;
  bool differs = false, busy = false;  // busy: within a call; a second one at the same time goes without
};

struct Block {
  size_t bytes;
  Plan* plan;
  size_t number;  // among the arrays of the plan
  uint64_t call;
};

std::mutex lock;
std::map<size_t, Block> used;  // by place
char* base = nullptr;
size_t room = 0, reached = 0;  // bytes of the arena, and how far it was ever used
uint64_t calls = 0;
thread_local Plan* current = nullptr;
thread_local int depth = 0;
c10::Allocator* before = nullptr;
c10::DeleterFnPtr free_before = nullptr;

bool is_free(size_t place, size_t bytes) {
  auto next = used.lower_bound(place);
  if (next != used.end() && next->first < place + bytes) return false;
  return next == used.begin() || std::prev(next)->first + std::prev(next)->second.bytes <= place;
}

size_t first_gap(size_t bytes) {
  size_t place = 0;
  for (auto& [at, block] : used) {
    if (at - place >= bytes) break;
    place = at + block.bytes;
  }
  return place;
}

// Bytes for the next array of the call; null where it belongs to the allocator before.
void* take(Plan* plan, size_t asked) {
  std::lock_guard<std::mutex> held(lock);
  const size_t bytes = (asked + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, number = plan->noted.size();
  const bool planned = !plan->differs && plan->made;
  plan->noted.push_back({bytes, plan->clock++});
  size_t place;
  if (planned && number < plan->sizes.size() && plan->sizes[number] == bytes) {
    if (plan->places[number] == NOWHERE) return nullptr;
    place = plan->places[number];
    if (!is_free(place, bytes)) plan->differs = true, place = first_gap(bytes);
  } else {
    plan->differs = true;
    place = first_gap(bytes);
  }
  if (place + bytes > room) return nullptr;
  plan->noted.back().place = place;
  used.emplace(place, Block{bytes, plan, number, plan->call});
  reached = std::max(reached, place + bytes);
  return base + place;
}

void give(void* pointer) {
  c10::profiledCPUMemoryReporter().Delete(pointer);
  std::lock_guard<std::mutex> held(lock);
  auto found = used.find(static_cast<char*>(pointer) - base);
  const Block& block = found->second;
  if (current && block.plan == current && block.call == current->call)
    current->noted[block.number].given = current->clock++;
  used.erase(found);
}

bool ours(const void* pointer) { return pointer >= base && pointer < base + room; }

void drop(void* pointer) { ours(pointer) ? give(pointer) : free_before(pointer); }

struct Arena final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) override {
    void* pointer = bytes >= LARGE && current ? take(current, bytes) : nullptr;
    if (pointer) c10::profiledCPUMemoryReporter().New(pointer, bytes);
    if (!pointer) pointer = before->raw_allocate(bytes);
    return {pointer, pointer, &drop, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &drop; }
  void copy_data(void* to, const void* from, size_t bytes) const override { default_copy_data(to, from, bytes); }
};

// The plan of a call that was noted: largest arrays first, each in the lowest gap between those that are alive
// while it is, and between what others have in the arena.
void make(Plan* plan) {
  std::vector<Array>& arrays = plan->noted;
  std::vector<size_t> order, placed;
  for (size_t n = 0; n < arrays.size(); ++n)
    if (arrays[n].given != NEVER) order.push_back(n);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return arrays[a].bytes > arrays[b].bytes; });
  plan->places.assign(arrays.size(), NOWHERE);
  plan->sizes.clear();
  for (const Array& a : arrays) plan->sizes.push_back(a.bytes);
  std::vector<std::pair<size_t, size_t>> near;  // place and end
  for (size_t n : order) {
    const Array& a = arrays[n];
    near.clear();
    for (auto& [place, block] : used) near.emplace_back(place, place + block.bytes);
    for (size_t m : placed)
      if (arrays[m].taken < a.given && a.taken < arrays[m].given)
        near.emplace_back(plan->places[m], plan->places[m] + arrays[m].bytes);
    std::sort(near.begin(), near.end());
    size_t place = 0;
    for (auto [from, to] : near) {
      if (from >= place + a.bytes) break;
      place = std::max(place, to);
    }
    plan->places[n] = place;
    placed.push_back(n);
  }
}

// Gives the pages of all gaps back to the system.
void trim() {
  std::lock_guard<std::mutex> held(lock);
  const size_t page = sysconf(_SC_PAGESIZE);
  size_t from = 0;
  auto clear = [&](size_t to) {
    const size_t first = (from + page - 1) / page * page, last = to / page * page;
    if (last > first) madvise(base + first, last - first, MADV_DONTNEED);
  };
  for (auto& [place, block] : used) clear(place), from = place + block.bytes;
  clear((reached + page - 1) / page * page);
  reached = from;
}

}  // namespace

extern "C" {

// Takes `bytes` of addresses, no memory yet, and stands in front of torch's allocator; whether it could.
int64_t arena_open(int64_t bytes) {
  if (base) return 1;
  before = c10::GetCPUAllocator();
  free_before = before->raw_deleter();
  if (!free_before) return 0;
  void* found = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found == MAP_FAILED) return 0;
  base = static_cast<char*>(found), room = bytes;
  pthread_atfork([] { lock.lock(); }, [] { lock.unlock(); }, [] { lock.unlock(); });
  c10::SetCPUAllocator(new Arena, 1);  // for the life of the process
  return 1;
}

void* arena_plan() { return new Plan; }

// Forgets a plan, and gives back what nothing needs now.
void arena_forget(void* plan) {
  {
    std::lock_guard<std::mutex> held(lock);
    for (auto& [place, block] : used)
      if (block.plan == plan) block.plan = nullptr;
  }
  delete static_cast<Plan*>(plan);
  trim();
}

void arena_enter(void* plan) {
  if (depth++) return;  // a call inside another one is part of it
  Plan* p = static_cast<Plan*>(plan);
  std::lock_guard<std::mutex> held(lock);
  if (p->busy) return;
  current = p;
  p->busy = true, p->differs = false;
  p->call = ++calls, p->clock = 0;
  p->noted.clear();
}

void arena_leave(void* plan) {
  if (--depth || !current) return;
  std::lock_guard<std::mutex> held(lock);
  Plan* p = std::exchange(current, nullptr);
  if ((!p->made || p->differs) && p->made < PLANS) make(p), ++p->made;
  p->busy = false;
}

void arena_trim() { trim(); }

// Bytes in use, bytes reached, plans made of one plan, whether its last call differed from it.
void arena_facts(void* plan, int64_t* facts) {
  std::lock_guard<std::mutex> held(lock);
  Plan* p = static_cast<Plan*>(plan);
  facts[0] = 0;
  for (auto& [place, block] : used) facts[0] += block.bytes;
  facts[1] = reached;
  facts[2] = p->made;
  facts[3] = p->differs;
}
}
