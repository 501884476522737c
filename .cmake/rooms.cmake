# Rooms: one target for each folder of a layer, in the order of the rooms. A room sees all of its own headers, and of the
# rooms below it those that are not named *_internal.h, by paths such as "types/types.h"; nothing else. An include that
# goes up, or into the inside of another room, does not compile.
#
#   add_rooms(analysis base syntax …)   makes analysis_base, analysis_syntax, … and the library analysis of all of them;
#                                       analysis_doors: include path of the headers that are not internal
function(add_rooms layer)
  set(doors)
  set(objects)
  foreach(room IN LISTS ARGN)
    set(target ${layer}_${room})
    file(GLOB sources CONFIGURE_DEPENDS ${layer}/${room}/*.c)
    add_library(${target} OBJECT ${sources})
    set(own ${CMAKE_BINARY_DIR}/rooms/${layer}/${room})
    link_headers(${own}/${room} ${layer}/${room}/*.h ${layer}/${room}/*.def)
    target_include_directories(${target} PRIVATE ${own} ${doors})
    target_link_libraries(${target} PRIVATE heapls_options)
    list(APPEND objects $<TARGET_OBJECTS:${target}>)

    set(door ${CMAKE_BINARY_DIR}/doors/${layer}/${room})
    link_headers(${door}/${room} ${layer}/${room}/*.h ${layer}/${room}/*.def EXCEPT "_internal\\.h$")
    list(APPEND doors ${door})
  endforeach()
  add_library(${layer} STATIC ${objects})
  set(${layer}_doors ${doors} PARENT_SCOPE)
endfunction()

# Fills a folder with links to the files that match the patterns, but for those whose name matches EXCEPT.
function(link_headers folder)
  cmake_parse_arguments(PARSE_ARGV 1 LINK "" "EXCEPT" "")
  file(GLOB headers CONFIGURE_DEPENDS ${LINK_UNPARSED_ARGUMENTS})
  if(LINK_EXCEPT)
    list(FILTER headers EXCLUDE REGEX ${LINK_EXCEPT})
  endif()
  file(REMOVE_RECURSE ${folder})
  file(MAKE_DIRECTORY ${folder})
  foreach(header IN LISTS headers)
    get_filename_component(name ${header} NAME)
    file(CREATE_LINK ${header} ${folder}/${name} SYMBOLIC)
  endforeach()
endfunction()
