/* The kernels of one instruction set: functions that hand its operations in, and what names them all.

   wants: LEVEL, its name; TARGET, the attribute of its functions; LANES, rows that are finished side by side.
   uses: FOR_EACH_KERNEL, FOR_EACH_OPERATION, and whatever stands behind their names. */
#define NAME(function) JOIN(function, LEVEL)

/* What is rare stands by itself, since it would take registers from what is not. */
TARGET static __attribute__((noinline)) void NAME(finish_waiting)(const Work *work, const Cursor *cursor,
                                                                  Waiting *waiting)
{
    finish_waiting(JOIN(finish, LANES), work, cursor, waiting);
}

TARGET static __attribute__((noinline)) void NAME(take_plain)(const Work *work, Four before, int64_t at, int64_t end,
                                                              Cursor *cursor, Waiting *waiting)
{
    take_plain(NAME(finish_waiting), work, before, at, end, cursor, waiting);
}

/* The level is a constant of each function: only so are the operations inlined. */
#define OPERATION(type, name, parameters) .name = NAME(name),
#define KERNEL(type, name, parameters, ...)                                                                       \
    TARGET static type NAME(name) parameters                                                                      \
    {                                                                                                             \
        const Level level = {FOR_EACH_OPERATION(OPERATION).finish = JOIN(finish, LANES),                          \
                             .finish_waiting = NAME(finish_waiting), .take_plain = NAME(take_plain)};             \
        return name(&level, __VA_ARGS__);                                                                         \
    }
FOR_EACH_KERNEL(KERNEL)

#define ENTRY(type, function, parameters, ...) .function = NAME(function),
static const Kernels NAME(kernels) = {.name = QUOTE(LEVEL), FOR_EACH_KERNEL(ENTRY)};

#undef NAME
#undef OPERATION
#undef KERNEL
#undef ENTRY
#undef LEVEL
#undef TARGET
#undef LANES
