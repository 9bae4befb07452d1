"""Whole elements: as JSON-able content that can become an element again, and as serialised XML."""

from copy import deepcopy
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

Content = dict[str, Any]
CONTACT = "contact-info"


def content_of(element: Element) -> Content:
    """Return an element as {"tag", "attributes", "text", "children", "tail"}, empty parts left out.

    Names of extensions are in Clark notation; contact details and text of white space alone are dropped.
    """
    content: Content = {"tag": element.tag}
    if len(element.attrib):
        content["attributes"] = {str(name): str(value) for name, value in element.attrib.items()}
    if element.text and element.text.strip():
        content["text"] = element.text
    children = [_with_tail(child) for child in element if not is_contact(child)]
    if children:
        content["children"] = children
    return content


def element_of(content: Content) -> Element:
    """Return the element that a content was made of."""
    element = etree.Element(content["tag"], content.get("attributes"))
    element.text = content.get("text")
    for part in content.get("children", ()):
        child = element_of(part)
        child.tail = part.get("tail")
        element.append(child)
    return element


def xml_of(element: Element) -> str:
    """Return an element as XML of its own with the namespaces it uses, without tail and contact details."""
    alone = deepcopy(element)
    for contact in [found for found in alone.iter() if is_contact(found)]:
        parent = contact.getparent()
        if parent is not None:
            parent.remove(contact)
    return etree.tostring(alone, encoding="unicode", with_tail=False)


def is_contact(element: Element) -> bool:
    """Tell whether an element holds contact details, in any namespace."""
    return element.tag.rpartition("}")[2] == CONTACT


def _with_tail(element: Element) -> Content:
    content = content_of(element)
    if element.tail and element.tail.strip():
        content["tail"] = element.tail
    return content
